package io.mq.core.broker;

import io.mq.core.message.Topic;
import io.mq.core.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * All shards of a node, and what they hold as one. A node without a cluster has one.
 *
 * <p>Safe for use by any thread.
 */
final class Shards {

    private final List<Shard> all;
    private final StateView state;
    private final boolean hasOthers;

    /** @param hasOthers whether other nodes keep the same shards */
    Shards(List<Shard> all, boolean hasOthers) {
        this.all = List.copyOf(all);
        this.state = new StateView(all.stream().map(Shard::state).toList());
        this.hasOthers = hasOthers;
    }

    List<Shard> all() {
        return all;
    }

    int count() {
        return all.size();
    }

    /** The one that has the catalog. */
    Shard catalog() {
        return all.get(0);
    }

    /** Those without the catalog: they have to be told of what is in it. */
    List<Shard> others() {
        return all.subList(1, all.size());
    }

    /** The one that holds a partition. */
    Shard of(Topic topic, int partition) {
        return all.get(topic.shardOf(partition));
    }

    StateView state() {
        return state;
    }

    /** Completes when this node has applied everything that was committed before; fails where a shard commits nothing. */
    CompletableFuture<Void> caughtUp() {
        return hasOthers
                ? CompletableFuture.allOf(
                        all.stream().map(shard -> shard.barriers().pass()).toArray(CompletableFuture[]::new))
                : CompletableFuture.completedFuture(null);
    }

    /** The same of the shard that holds a partition. */
    CompletableFuture<Void> caughtUp(Topic topic, int partition) {
        return hasOthers ? of(topic, partition).barriers().pass() : CompletableFuture.completedFuture(null);
    }

    /**
     * Does something with a topic that this node may not have heard of yet, though another one has answered that it is
     * there.
     */
    <T> CompletableFuture<T> withTopic(String name, Function<Topic, CompletableFuture<T>> action) {
        Optional<Topic> known = state.topic(name);
        return known.isPresent() || all.size() == 1
                ? action.apply(known.orElseGet(() -> state.requireTopic(name)))
                : caughtUp().thenCompose(done -> action.apply(state.requireTopic(name)));
    }
}
