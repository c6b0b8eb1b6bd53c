package io.mq.core.broker;

import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.delivery.DeliveryContext;
import io.mq.core.delivery.StartPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.Catalog;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.StateView;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Moves consumer groups. Where a time lies in a log is looked up on the delivery threads, as it reads the disk.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
final class Seeker {

    private final Shards shards;
    private final StateView state;
    private final DeliveryContext context;
    private final InstantSource clock;
    private final GroupSequencer sequencer;

    Seeker(Shards shards, DeliveryContext context, InstantSource clock, GroupSequencer sequencer) {
        this.shards = shards;
        this.state = shards.state();
        this.context = context;
        this.clock = clock;
        this.sequencer = sequencer;
    }

    CompletableFuture<List<Sought>> seek(SeekRequest request) {
        Topic topic = state.requireTopic(request.topic());
        List<PartitionId> partitions = partitions(topic, request.partition());
        requireMeaningful(request, partitions.size());
        return shards.caughtUp()
                .thenApplyAsync(done -> resolve(topic, partitions, request.to()), context::execute)
                .thenCompose(targets -> request.isDryRun()
                        ? CompletableFuture.completedFuture(preview(request.group(), targets))
                        : submit(request.group(), topic, targets));
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
            targets.add(new Target(partition, resolve(state.requireLog(topic, partition), to)));
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
        return state.offset(group, partition)
                .map(GroupOffset::offset)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    private CompletableFuture<List<Sought>> submit(String group, Topic topic, List<Target> targets) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        Map<Shard, List<Target>> byShard = targets.stream()
                .collect(Collectors.groupingBy(
                        target -> shards.of(topic, target.partition().partition())));
        return sequencer.seek(
                group,
                () -> byShard.entrySet().stream()
                        .map(each -> each.getKey().journal().submit(new SeekCommand(group, now, each.getValue())))
                        .reduce((one, other) -> one.thenCombine(other, Seeker::joined))
                        .orElseThrow());
    }

    private static List<Sought> joined(List<Sought> some, List<Sought> more) {
        return Stream.concat(some.stream(), more.stream())
                .sorted(Comparator.comparing(Sought::partition))
                .toList();
    }
}
