package io.mq.core.broker;

import io.mq.core.command.AdoptProducerCommand;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Failures;
import io.mq.core.error.Reason;
import io.mq.core.message.Topic;
import io.mq.core.state.ProducerState;
import io.mq.core.state.ProducerStates;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Begins lives of producers: the catalog gives each its epoch, and every shard that holds some of the topic takes it
 * over, so that an earlier life is at an end in all of them.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
final class ProducerOpener {

    /** How often a life is begun anew because a shard knows of a later one; there can be so many only at once. */
    private static final int ATTEMPTS = 5;

    private final Shards shards;
    private final int producersMax;
    private final InstantSource clock;

    ProducerOpener(Shards shards, int producersMax, InstantSource clock) {
        this.shards = shards;
        this.producersMax = producersMax;
        this.clock = clock;
    }

    /**
     * @param only the one shard that the producer is going to write to; empty where it may write to all
     * @throws BrokerException where there is no such shard, or there are too many producers; a later refusal fails the future
     */
    CompletableFuture<Opened> open(Topic topic, long producerId, OptionalInt only) {
        List<Shard> told = told(only);
        ProducerStates known = shards.catalog().state().producers();
        if (known.find(producerId).isEmpty() && known.size() >= producersMax) {
            throw Limits.reached("another producer", producersMax, "mq.limits.producers-max");
        }
        return open(topic, producerId, told, ATTEMPTS);
    }

    /** The shards beside the catalog that a life begins in. */
    private List<Shard> told(OptionalInt only) {
        if (only.isEmpty()) {
            return shards.others();
        }
        int shard = only.getAsInt();
        if (shard < 0 || shard >= shards.count()) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "shard: expected 0 to %d, found %d; leave it away to write to all"
                            .formatted(shards.count() - 1, shard),
                    Map.of("field", "shard"));
        }
        return shard == 0 ? List.of() : List.of(shards.all().get(shard));
    }

    private CompletableFuture<Opened> open(Topic topic, long producerId, List<Shard> told, int attempts) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        CompletableFuture<Opened> opened =
                shards.catalog().journal().submit(new OpenProducerCommand(producerId, topic.id(), now));
        return topic.shards() == 1 || told.isEmpty()
                ? opened
                : opened.thenCompose(life -> spread(topic, producerId, told, life, now))
                        .exceptionallyCompose(
                                failure -> openAnew(topic, producerId, told, now, Failures.cause(failure), attempts));
    }

    private CompletableFuture<Opened> spread(Topic topic, long producerId, List<Shard> told, Opened life, Instant now) {
        AdoptProducerCommand command = new AdoptProducerCommand(producerId, life.epoch(), topic.id(), now);
        List<CompletableFuture<Opened>> adopted =
                told.stream().map(shard -> shard.journal().submit(command)).toList();
        return CompletableFuture.allOf(adopted.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<Integer, Integer> nextSequences = new TreeMap<>(life.nextSequences());
                    adopted.forEach(each -> nextSequences.putAll(each.join().nextSequences()));
                    return new Opened(life.epoch(), nextSequences);
                });
    }

    /** The catalog may have forgotten a producer that has been at work in another shard. */
    private CompletableFuture<Opened> openAnew(
            Topic topic, long producerId, List<Shard> told, Instant now, Throwable failure, int attempts) {
        if (attempts == 1
                || !(failure instanceof BrokerException fenced)
                || fenced.reason() != Reason.PRODUCER_FENCED) {
            return CompletableFuture.failedFuture(failure);
        }
        int later = Integer.parseInt(fenced.metadata().get("epoch"));
        return shards.catalog().barriers().pass().thenCompose(done -> {
            if (epochInCatalog(producerId) >= later) {
                // Its next life has begun meanwhile; whoever wanted this one may have given up on it.
                return CompletableFuture.failedFuture(failure);
            }
            return shards.catalog()
                    .journal()
                    .submit(new AdoptProducerCommand(producerId, later, topic.id(), now))
                    .handle((adopted, refusal) -> attempts - 1)
                    .thenCompose(left -> open(topic, producerId, told, left));
        });
    }

    /** Of the latest life that the catalog knows of; 0 where it knows of none. */
    private int epochInCatalog(long producerId) {
        return shards.catalog()
                .state()
                .producers()
                .find(producerId)
                .map(ProducerState::epoch)
                .orElse(0);
    }
}
