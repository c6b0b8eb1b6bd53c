/** What is measured, by the same code for every broker. */
package io.mq.bench.peers.workload;
