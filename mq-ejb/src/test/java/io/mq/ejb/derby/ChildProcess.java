package io.mq.ejb.derby;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.checkpoint.Deltas;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateDelta.OffsetKey;
import io.mq.core.storage.LogState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that uses a store and stops from one moment to the next, as after kill -9. */
final class ChildProcess {

    private static final int TIMEOUT_SECONDS = 60;

    private ChildProcess() {}

    /** What the process does before it is gone. */
    enum Act {
        /** Opens the store, and is gone after so many milliseconds, whatever it does by then. */
        OPEN,
        /** Saves, and is gone when that has returned. */
        SAVE,
        /** Is gone in the middle of a save: everything but the offsets has been sent to Derby. */
        SAVE_HALF
    }

    /** Runs a process to its end, with a directory of its own to work in. */
    static void run(Act act, Path store, Path workingDirectory, int millis) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildProcess.class.getName(),
                        act.name(),
                        store.toString(),
                        Integer.toString(millis))
                .directory(workingDirectory.toFile())
                .inheritIO()
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the process has not ended after %d s".formatted(TIMEOUT_SECONDS));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError("the process has failed: exit status " + process.exitValue());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[1]);
        switch (Act.valueOf(args[0])) {
            case OPEN -> {
                haltAfter(Integer.parseInt(args[2]));
                DerbyCheckpointStore.open(directory);
            }
            case SAVE -> save(directory, everything(1));
            case SAVE_HALF -> save(directory, endingTheProcess(everything(2)));
        }
        Runtime.getRuntime().halt(0);
    }

    private static void save(Path directory, StateDelta delta) throws IOException {
        CheckpointStore store = DerbyCheckpointStore.open(directory);
        store.save(delta);
    }

    /** Everything that can change. */
    static StateDelta everything(int id) {
        Topic topic = new Topic(id, "t" + id, 4, TopicConfig.DEFAULTS, 4096, Instant.EPOCH);
        return Deltas.at(id, id + 1)
                .with(topic)
                .with(topic.partition(0), LogState.NEW)
                .with(new GroupOffset("g" + id, topic.partition(0), id, "saved", Instant.EPOCH))
                .delta();
    }

    private static StateDelta endingTheProcess(StateDelta delta) {
        Map<OffsetKey, GroupOffset> deadly = new HashMap<>(delta.offsets()) {
            @Override
            public Collection<GroupOffset> values() {
                Runtime.getRuntime().halt(0);
                throw new AssertionError("not reached");
            }
        };
        return new StateDelta(
                delta.applied(),
                delta.nextTopicId(),
                delta.removedTopics(),
                delta.removedGroups(),
                delta.topics(),
                delta.logs(),
                deadly,
                delta.producers());
    }

    private static void haltAfter(int millis) {
        Thread killer = new Thread(() -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            Runtime.getRuntime().halt(0);
        });
        killer.setDaemon(true);
        killer.start();
    }
}
