/**
 * mq beside other brokers. For each run and each broker: an empty directory, a broker as a process of its own, and a
 * process with its clients, one after the other, so that no broker finds what another one has left.
 */
package io.mq.bench.peers;
