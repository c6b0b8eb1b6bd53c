package io.mq.core.state;

import io.mq.core.command.Command;
import io.mq.core.command.CommandCodec;
import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.LogState;
import io.mq.core.storage.LogStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A state machine on a simulated disk, without a journal. */
final class StateFixture {

    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final SimulatedDisk disk;
    private final DataDirectory directory;
    private final BrokerStateMachine state;
    private long index;

    private StateFixture(SimulatedDisk disk, DataDirectory directory, BrokerStateMachine state, long index) {
        this.disk = disk;
        this.directory = directory;
        this.state = state;
        this.index = index;
    }

    static StateFixture create() throws IOException {
        return restore(new SimulatedDisk(), StateImage.EMPTY);
    }

    /** The state of another shard than that of the catalog. */
    static StateFixture ofShard(int shard) throws IOException {
        return restore(new SimulatedDisk(), StateImage.EMPTY, shard);
    }

    static StateFixture restore(SimulatedDisk disk, StateImage image) throws IOException {
        return restore(disk, image, 0);
    }

    private static StateFixture restore(SimulatedDisk disk, StateImage image, int shard) throws IOException {
        DataDirectory directory = DataDirectory.open(disk, Path.of("/mq"), () -> "n", NOW);
        LogStorage storage = LogStorage.on(disk, 8, 0);
        return new StateFixture(
                disk,
                directory,
                BrokerStateMachine.restore(image, directory.shard(shard), storage),
                image.applied().index());
    }

    SimulatedDisk disk() {
        return disk;
    }

    BrokerStateMachine state() {
        return state;
    }

    /** Of the last command. */
    LogPosition position() {
        return LogPosition.of(index);
    }

    /** Applies without flushing. */
    <R> R apply(Command<R> command) {
        return state.apply(++index, command);
    }

    <R> R applyAndFlush(Command<R> command) {
        R answer = apply(command);
        state.flush();
        return answer;
    }

    /** What a client of this command is told, refusals included; texts can be compared. */
    String answer(Command<?> command) {
        try {
            return String.valueOf(apply(command));
        } catch (BrokerException e) {
            return e.reason() + ": " + e.getMessage();
        }
    }

    /** The command as a replay would read it from the journal. */
    static Command<?> journaled(Command<?> command) {
        ByteBuffer bytes = ByteBuffer.allocate(CommandCodec.sizeOf(command)).order(ByteOrder.LITTLE_ENDIAN);
        CommandCodec.encode(command, bytes);
        return CommandCodec.decode(bytes.flip());
    }

    void close() throws IOException {
        directory.close();
    }

    /** Everything that survives a restart, comparable. */
    record Content(
            List<Topic> topics,
            Map<String, List<GroupOffset>> offsets,
            Map<PartitionId, LogState> logs,
            ProducerImage producers,
            Map<String, ByteBuffer> segments) {

        /** The files of topics that are there; those of deleted ones go at times of their own. */
        Set<String> segmentsOfTopics() {
            return segments.keySet().stream()
                    .filter(file -> topics.stream()
                            .anyMatch(topic -> file.contains("/%s-%d/".formatted(topic.name(), topic.id()))))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    Content content() {
        Map<String, List<GroupOffset>> offsets = new TreeMap<>();
        state.offsets()
                .groups()
                .forEach(group -> offsets.put(group, state.offsets().of(group)));
        Map<PartitionId, LogState> logs = new HashMap<>();
        for (Topic topic : state.catalog().topics()) {
            for (int i = 0; i < topic.partitions(); i++) {
                PartitionId partition = topic.partition(i);
                logs.put(partition, state.logs().find(partition).orElseThrow().state());
            }
        }
        Map<String, ByteBuffer> segments = new TreeMap<>();
        disk.files().stream()
                .filter(file -> file.toString().endsWith(".log"))
                .forEach(file -> segments.put(file.toString(), ByteBuffer.wrap(disk.content(file))));
        return new Content(
                state.catalog().topics(), offsets, logs, state.producers().image(), segments);
    }
}
