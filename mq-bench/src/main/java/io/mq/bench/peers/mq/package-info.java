/** mq as it ships, and an application of it. */
package io.mq.bench.peers.mq;
