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

    /** @throws BrokerException where there are too many producers; a later refusal fails the future */
    CompletableFuture<Opened> open(Topic topic, long producerId) {
        ProducerStates known = shards.catalog().state().producers();
        if (known.find(producerId).isEmpty() && known.size() >= producersMax) {
            throw Limits.reached("another producer", producersMax, "mq.limits.producers-max");
        }
        return open(topic, producerId, ATTEMPTS);
    }

    private CompletableFuture<Opened> open(Topic topic, long producerId, int attempts) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        CompletableFuture<Opened> opened =
                shards.catalog().journal().submit(new OpenProducerCommand(producerId, topic.id(), now));
        return topic.shards() == 1
                ? opened
                : opened.thenCompose(life -> spread(topic, producerId, life, now))
                        .exceptionallyCompose(
                                failure -> openAnew(topic, producerId, now, Failures.cause(failure), attempts));
    }

    private CompletableFuture<Opened> spread(Topic topic, long producerId, Opened life, Instant now) {
        AdoptProducerCommand command = new AdoptProducerCommand(producerId, life.epoch(), topic.id(), now);
        List<CompletableFuture<Opened>> adopted = shards.others().stream()
                .map(shard -> shard.journal().submit(command))
                .toList();
        return CompletableFuture.allOf(adopted.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<Integer, Integer> nextSequences = new TreeMap<>(life.nextSequences());
                    adopted.forEach(each -> nextSequences.putAll(each.join().nextSequences()));
                    return new Opened(life.epoch(), nextSequences);
                });
    }

    /** The catalog may have forgotten a producer that has been at work in another shard. */
    private CompletableFuture<Opened> openAnew(
            Topic topic, long producerId, Instant now, Throwable failure, int attempts) {
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
                    .thenCompose(left -> open(topic, producerId, left));
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
