package io.mq.bench.peers.broker;

/**
 * A broker that was started.
 *
 * @param address {@code host:port} for clients
 * @param pid of the one process that it is
 */
public record RunningBroker(String address, long pid) {}
