/** The results as a picture. */
package io.mq.bench.peers.chart;
