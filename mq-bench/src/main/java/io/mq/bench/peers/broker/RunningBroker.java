package io.mq.bench.peers.broker;

import java.util.List;

/**
 * A broker that was started.
 *
 * @param addresses {@code host:port} for clients, one of each node
 * @param pids of the processes that it is, one for each node
 */
public record RunningBroker(List<String> addresses, List<Long> pids) {}
