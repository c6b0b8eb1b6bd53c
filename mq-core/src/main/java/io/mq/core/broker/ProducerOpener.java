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

    /** @param told the shards beside the catalog that the life begins in */
    private record Attempt(Topic topic, long producerId, OptionalInt after, List<Shard> told, Instant now) {

        AdoptProducerCommand adopting(int epoch) {
            return new AdoptProducerCommand(producerId, epoch, topic.id(), now);
        }
    }

    /** @throws BrokerException where there is no such shard, or there are too many producers; a later refusal fails the future */
    CompletableFuture<Opened> open(Topic topic, ProducerOpening opening) {
        long producerId = opening.producerId();
        List<Shard> told = told(opening.shard());
        ProducerStates known = shards.catalog().state().producers();
        if (known.find(producerId).isEmpty() && known.size() >= producersMax) {
            throw Limits.reached("another producer", producersMax, "mq.limits.producers-max");
        }
        Instant now = Instant.ofEpochMilli(clock.millis());
        return open(new Attempt(topic, producerId, opening.after(), told, now), ATTEMPTS);
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

    private CompletableFuture<Opened> open(Attempt attempt, int left) {
        CompletableFuture<Opened> opened = shards.catalog()
                .journal()
                .submit(new OpenProducerCommand(attempt.producerId, attempt.topic.id(), attempt.now, attempt.after));
        return attempt.topic.shards() == 1 || attempt.told.isEmpty()
                ? opened
                : opened.thenCompose(life -> spread(attempt, life))
                        .exceptionallyCompose(failure -> openAnew(attempt, Failures.cause(failure), left));
    }

    private CompletableFuture<Opened> spread(Attempt attempt, Opened life) {
        AdoptProducerCommand command = attempt.adopting(life.epoch());
        List<CompletableFuture<Opened>> adopted = attempt.told.stream()
                .map(shard -> shard.journal().submit(command))
                .toList();
        return CompletableFuture.allOf(adopted.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<Integer, Integer> nextSequences = new TreeMap<>(life.nextSequences());
                    adopted.forEach(each -> nextSequences.putAll(each.join().nextSequences()));
                    return new Opened(life.epoch(), nextSequences);
                });
    }

    /**
     * The catalog may have forgotten a producer that has been at work in another shard. A life that is to follow a certain one
     * is refused all the same.
     */
    private CompletableFuture<Opened> openAnew(Attempt attempt, Throwable failure, int left) {
        if (left == 1
                || attempt.after.isPresent()
                || !(failure instanceof BrokerException fenced)
                || fenced.reason() != Reason.PRODUCER_FENCED) {
            return CompletableFuture.failedFuture(failure);
        }
        int later = Integer.parseInt(fenced.metadata().get("epoch"));
        return shards.catalog().barriers().pass().thenCompose(done -> {
            if (epochInCatalog(attempt.producerId) >= later) {
                // Its next life has begun meanwhile; whoever wanted this one may have given up on it.
                return CompletableFuture.failedFuture(failure);
            }
            return shards.catalog()
                    .journal()
                    .submit(attempt.adopting(later))
                    .handle((adopted, refusal) -> left - 1)
                    .thenCompose(fewer -> open(attempt, fewer));
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
