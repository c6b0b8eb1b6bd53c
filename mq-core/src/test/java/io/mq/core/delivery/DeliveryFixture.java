package io.mq.core.delivery;

import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.AlterTopicCommand;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.WatchedDisk;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.BrokerStateMachine;
import io.mq.core.state.StateImage;
import io.mq.core.state.StateListener;
import io.mq.core.state.StateView;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.LogStorage;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** A state machine without a journal, and subscriptions to it; time and executor are the test's. */
final class DeliveryFixture {

    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration STALL_TIMEOUT = Duration.ofMinutes(5);
    static final int SUBSCRIPTIONS_MAX = 20;
    static final int GROUPS_MAX = 3;
    static final int MEMBERS_MAX = 4;

    private final SimulatedDisk simulated = new SimulatedDisk();
    private final WatchedDisk disk = new WatchedDisk(simulated);
    private final AtomicLong nanos = new AtomicLong();
    private final List<IOException> readFailures = new CopyOnWriteArrayList<>();
    private final AtomicReference<Runnable> whenAskedForTheTime = new AtomicReference<>(() -> {});
    private final BrokerStateMachine state;
    private final DeliveryContext context;
    private final Subscriptions subscriptions;
    private long index;

    DeliveryFixture(Executor executor) {
        this(executor, 0);
    }

    /** @param tailBytesMax how much of the newest messages is kept in memory */
    DeliveryFixture(Executor executor, long tailBytesMax) {
        DataDirectory directory = DataDirectory.open(disk, Path.of("/mq"), () -> "n", NOW);
        try {
            state = BrokerStateMachine.restore(
                    StateImage.EMPTY, directory.shard(0), LogStorage.on(disk, 100, tailBytesMax));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        context = new DeliveryContext(
                executor,
                new AppendWaiters(),
                () -> NOW,
                nanos::get,
                (topic, messages, bytes, delayMillis) -> {},
                readFailures::add);
        subscriptions = new Subscriptions(
                new StateView(List.of(state)),
                context,
                new DeliveryConfig(STALL_TIMEOUT, SUBSCRIPTIONS_MAX, GROUPS_MAX, MEMBERS_MAX),
                () -> {
                    whenAskedForTheTime.getAndSet(() -> {}).run();
                    return NOW;
                });
        state.setListener(new StateListener() {
            @Override
            public void advanced(PartitionId partition, long end) {
                subscriptions.advanced(partition);
            }

            @Override
            public void topicChanged(Topic topic) {
                subscriptions.topicChanged(topic);
            }

            @Override
            public void topicDeleted(Topic topic) {
                subscriptions.topicDeleted(topic);
            }

            @Override
            public void groupMoved(String group, PartitionId partition, long offset) {
                subscriptions.groupMoved(group, partition, offset);
            }

            @Override
            public void startAdvanced(SegmentLog log) {}
        });
    }

    private <R> R apply(Command<R> command) {
        R answer = state.apply(++index, command);
        state.flush();
        return answer;
    }

    Topic create(String name, int partitions) {
        return apply(new CreateTopicCommand(name, partitions, TopicConfig.DEFAULTS, 4096, NOW))
                .topic();
    }

    Topic alter(Topic topic, int partitions) {
        return apply(new AlterTopicCommand(topic.id(), partitions, TopicConfig.DEFAULTS));
    }

    void delete(Topic topic) {
        apply(new DeleteTopicCommand(topic.id()));
    }

    long publish(Topic topic, int partition, String... payloads) {
        RecordBatch batch =
                RecordBatch.of(Stream.of(payloads).map(Records::record).toList());
        batch.stampAppendTime(NOW.toEpochMilli());
        return apply(new AppendCommand(topic.partition(partition), batch)).baseOffset();
    }

    void seek(String group, Topic topic, int partition, long offset) {
        apply(new SeekCommand(group, NOW, List.of(new Target(topic.partition(partition), offset))));
    }

    void commit(String group, Topic topic, int partition, long offset) {
        apply(new CommitOffsetCommand(group, topic.partition(partition), offset, "", NOW));
    }

    void advanceStart(Topic topic, int partition, long start) {
        apply(new AdvanceLogStartCommand(topic.partition(partition), start));
    }

    SegmentLog log(Topic topic, int partition) {
        return state.logs().find(topic.partition(partition)).orElseThrow();
    }

    /** Reads the whole topic. */
    Subscription read(Topic topic, StartPosition start, Subscriber subscriber) {
        return subscriptions.subscribe(
                new SubscribeRequest(topic.name(), "", "", "test", OptionalInt.empty(), start), subscriber);
    }

    Subscription read(Topic topic, Subscriber subscriber) {
        return read(topic, StartPosition.EARLIEST, subscriber);
    }

    Subscription join(String group, String consumerId, Topic topic, Subscriber subscriber) {
        return subscriptions.subscribe(
                new SubscribeRequest(
                        topic.name(), group, consumerId, "test", OptionalInt.empty(), StartPosition.EARLIEST),
                subscriber);
    }

    /** Does this when a member is asked since when it is one, which is while it joins. */
    void whileJoining(Runnable action) {
        whenAskedForTheTime.set(action);
    }

    void passTime(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    SimulatedDisk simulated() {
        return simulated;
    }

    WatchedDisk disk() {
        return disk;
    }

    DeliveryContext context() {
        return context;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    List<IOException> readFailures() {
        return readFailures;
    }
}
