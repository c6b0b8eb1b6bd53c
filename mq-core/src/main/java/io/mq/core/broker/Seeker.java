package io.mq.core.broker;

import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.delivery.DeliveryContext;
import io.mq.core.delivery.StartPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.BrokerStateMachine;
import io.mq.core.state.Catalog;
import io.mq.core.state.GroupOffset;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Moves consumer groups. Where a time lies in a log is looked up on the delivery threads, as it reads the disk.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
final class Seeker {

    private final BrokerStateMachine state;
    private final Journal journal;
    private final DeliveryContext context;
    private final InstantSource clock;
    private final GroupSequencer sequencer;

    Seeker(Engine engine, DeliveryContext context, InstantSource clock, GroupSequencer sequencer) {
        this.state = engine.state();
        this.journal = engine.journal();
        this.context = context;
        this.clock = clock;
        this.sequencer = sequencer;
    }

    CompletableFuture<List<Sought>> seek(SeekRequest request) {
        Topic topic = state.catalog().require(request.topic());
        List<PartitionId> partitions = partitions(topic, request.partition());
        requireMeaningful(request, partitions.size());
        return CompletableFuture.supplyAsync(() -> resolve(topic, partitions, request.to()), context::execute)
                .thenCompose(targets -> request.isDryRun()
                        ? CompletableFuture.completedFuture(preview(request.group(), targets))
                        : submit(request.group(), targets));
    }

    private static List<PartitionId> partitions(Topic topic, OptionalInt wanted) {
        return wanted.isPresent()
                ? List.of(Catalog.require(topic, wanted.getAsInt()))
                : IntStream.range(0, topic.partitions())
                        .mapToObj(topic::partition)
                        .toList();
    }

    private static void requireMeaningful(SeekRequest request, int partitions) {
        if (request.to() instanceof StartPosition.AtOffset && partitions > 1) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "topic '%s' has %d partitions, each with offsets of its own; say which partition is meant, or seek by time"
                            .formatted(request.topic(), partitions),
                    Map.of("field", "partition"));
        }
    }

    private List<Target> resolve(Topic topic, List<PartitionId> partitions, StartPosition to) {
        List<Target> targets = new ArrayList<>();
        for (PartitionId partition : partitions) {
            targets.add(new Target(partition, resolve(state.logs().require(topic, partition), to)));
        }
        return targets;
    }

    private long resolve(SegmentLog log, StartPosition to) {
        try {
            long offset = to.resolve(log);
            if (to instanceof StartPosition.AtOffset asked && offset != asked.offset()) {
                throw BrokerException.of(
                        Reason.OFFSET_OUT_OF_RANGE,
                        "offset %d is not there: the partition has offsets %d to %d, and the next one to come may be sought at most"
                                .formatted(asked.offset(), log.start(), log.end()),
                        Map.of("start", Long.toString(log.start()), "end", Long.toString(log.end())));
            }
            return offset;
        } catch (IOException e) {
            throw context.unreadable(e);
        }
    }

    private List<Sought> preview(String group, List<Target> targets) {
        return targets.stream()
                .map(target -> new Sought(
                        target.partition().partition(), committed(group, target.partition()), target.offset()))
                .toList();
    }

    private OptionalLong committed(String group, PartitionId partition) {
        return state.offsets()
                .find(group, partition)
                .map(GroupOffset::offset)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    private CompletableFuture<List<Sought>> submit(String group, List<Target> targets) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        return sequencer.seek(group, () -> journal.submit(new SeekCommand(group, now, targets)));
    }
}
