package io.mq.core.broker;

import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.PutTopicCommand;
import io.mq.core.message.Topic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Has the shards without the catalog know what is in it. Whoever changes the catalog tells them; where that did not reach
 * one of them, the node that leads it finds out.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
final class TopicSpread {

    private static final Logger LOG = System.getLogger(TopicSpread.class.getName());

    private final Shards shards;

    TopicSpread(Shards shards) {
        this.shards = shards;
    }

    /** Completes when all shards know a topic that the catalog has. */
    CompletableFuture<Void> put(Topic topic) {
        return topic.shards() == 1
                ? CompletableFuture.completedFuture(null)
                : all(shards.others().stream()
                        .map(shard -> shard.journal().submit(new PutTopicCommand(topic)))
                        .toList());
    }

    /** Completes when all shards have let go of a topic that the catalog has no more. */
    CompletableFuture<Void> delete(Topic topic) {
        return topic.shards() == 1
                ? CompletableFuture.completedFuture(null)
                : all(shards.others().stream()
                        .map(shard -> delete(shard, topic))
                        .toList());
    }

    private static CompletableFuture<Topic> delete(Shard shard, Topic topic) {
        return shard.journal()
                .submit(new DeleteTopicCommand(topic.id()))
                .whenComplete(
                        (deleted, failure) -> shard.engine().checkpointer().want());
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Topic>> told) {
        return CompletableFuture.allOf(told.toArray(CompletableFuture[]::new));
    }

    /** Tells the shards that this node leads what they have missed; to be called now and then. */
    void mend() {
        shards.others().stream().filter(shard -> shard.leadership().isLeading()).forEach(this::mend);
    }

    private void mend(Shard shard) {
        for (Topic topic : shards.catalog().state().catalog().topics()) {
            if (topic.shards() > 1 && differs(shard.state().catalog().find(topic.id()), topic)) {
                log(topic, shard, shard.journal().submit(new PutTopicCommand(topic)));
            }
        }
        shard.state().catalog().topics().stream()
                .filter(topic -> isUnknown(topic.id()))
                .forEach(topic -> deleteWhereDeleted(shard, topic));
    }

    private boolean isUnknown(int topicId) {
        return shards.catalog().state().catalog().find(topicId).isEmpty();
    }

    /** What the catalog does not know, it may not know yet, or not while it is replaced by another node's. */
    private void deleteWhereDeleted(Shard shard, Topic topic) {
        Shard catalog = shards.catalog();
        log(
                topic,
                shard,
                catalog.journal()
                        .observe(position -> catalog.state().hasDeleted(topic.id()))
                        .thenCompose(isDeleted ->
                                isDeleted ? delete(shard, topic) : CompletableFuture.completedFuture(topic)));
    }

    private static boolean differs(Optional<Topic> known, Topic topic) {
        return known.isEmpty()
                || known.get().partitions() < topic.partitions()
                || !known.get().config().equals(topic.config());
    }

    private static void log(Topic topic, Shard shard, CompletableFuture<Topic> told) {
        var unused = told.whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(
                        Level.DEBUG,
                        "Shard {0} is told of topic {1} later: {2}",
                        shard.number(),
                        topic.name(),
                        failure);
            }
        });
    }
}
