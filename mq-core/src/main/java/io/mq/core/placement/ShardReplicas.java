package io.mq.core.placement;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A shard as a coordinator sees it.
 *
 * @param shard its name
 * @param nodes those that keep a voting replica of it
 * @param leader the node that leads it, as far as is known; empty where none does
 */
public record ShardReplicas(String shard, SortedSet<String> nodes, Optional<String> leader) {

    public ShardReplicas {
        nodes = new TreeSet<>(nodes);
    }
}
