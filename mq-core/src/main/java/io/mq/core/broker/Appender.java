package io.mq.core.broker;

import io.mq.batch.RecordBatch;
import io.mq.core.command.AppendCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Where every published batch passes on its way to the journal, whoever made it.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
final class Appender {

    private final Shards shards;
    private final Durability strongest;
    private final DiskSpace diskSpace;
    private final Figures figures;
    private final BrokerObserver observer;
    private final InstantSource clock;
    private final LongSupplier nanoClock;

    /** @param strongest what each acknowledgement of a journal promises */
    Appender(
            Shards shards,
            Durability strongest,
            DiskSpace diskSpace,
            Figures figures,
            BrokerObserver observer,
            InstantSource clock,
            LongSupplier nanoClock) {
        this.shards = shards;
        this.strongest = strongest;
        this.diskSpace = diskSpace;
        this.figures = figures;
        this.observer = observer;
        this.clock = clock;
        this.nanoClock = nanoClock;
    }

    /** @throws BrokerException {@link Reason#DISK_FULL} or {@link Reason#DURABILITY_NOT_AVAILABLE} */
    void requireAvailable(Optional<Durability> durability) {
        if (durability.isPresent() && durability.get().compareTo(strongest) > 0) {
            throw BrokerException.of(
                    Reason.DURABILITY_NOT_AVAILABLE,
                    "this broker is a single node and cannot replicate; ask for FSYNCED, or leave durability unset for the strongest there is");
        }
        diskSpace.requireRoom();
    }

    /**
     * Has a batch journaled that was found to be in order. The future completes when it is as durable as it says, and
     * readers can see it.
     */
    CompletableFuture<Published> append(Topic topic, PartitionId partition, RecordBatch batch) {
        long startNanos = nanoClock.getAsLong();
        // As precise as it is stored, so that every reader is told the same time.
        Instant now = Instant.ofEpochMilli(clock.millis());
        batch.stampAppendTime(now.toEpochMilli());
        int count = batch.count();
        diskSpace.take(batch.sizeInBytes());
        Journal journal = shards.of(topic, partition.partition()).journal();
        return journal.submit(new AppendCommand(partition, batch)).thenApply(appended -> {
            if (!appended.isDuplicate()) {
                figures.of(topic).published(count, batch.sizeInBytes());
                observer.published(count, batch.sizeInBytes(), nanoClock.getAsLong() - startNanos);
            }
            return new Published(
                    topic.name(), partition, appended.baseOffset(), now, strongest, appended.isDuplicate());
        });
    }
}
