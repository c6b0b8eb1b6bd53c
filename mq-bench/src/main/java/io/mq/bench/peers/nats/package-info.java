/** NATS JetStream: the nats-server that is installed, with a file store, and NATS's Java client. */
package io.mq.bench.peers.nats;
