/** Apache Kafka: one process that is broker and controller, and Kafka's own Java clients. */
package io.mq.bench.peers.kafka;
