package io.mq.core.placement;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who votes in a shard, as a coordinator sees it.
 *
 * @param shard its name
 * @param voters the nodes whose replicas vote
 * @param observers those whose replicas only follow
 * @param leader the node that leads it, as far as is known
 */
public record ShardVoters(
        String shard, SortedSet<String> voters, SortedSet<String> observers, Optional<String> leader) {

    public ShardVoters {
        voters = new TreeSet<>(voters);
        observers = new TreeSet<>(observers);
    }
}
