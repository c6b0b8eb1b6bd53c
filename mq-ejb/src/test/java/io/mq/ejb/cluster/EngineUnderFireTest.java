package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three replicas, over the engine itself, with real files and real sockets, while links, disks and power fail. A seed
 * decides what happens and in which order. The threads' timing decides the rest, so a seed that fails may pass when it is
 * run again: the steps that were taken are part of the failure.
 *
 * <p>{@code -Dmq.fire.seeds=N} runs another number of seeds, from {@code -Dmq.fire.first=N} on; {@code -Dmq.fire.seed=N}
 * runs that one alone.
 */
class EngineUnderFireTest {

    private static final int SEEDS = Integer.getInteger("mq.fire.seeds", 100);
    private static final long FIRST = Long.getLong("mq.fire.first", 1);

    /** They mostly wait: for elections, and for the engine's threads to end. */
    private static final int AT_ONCE = 8;

    @TempDir
    private Path directory;

    @BeforeAll
    static void leaveThreadsOfOtherRunsAlone() {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }

    @Test
    void nothingAcknowledgedIsLostAndAllReplicasApplyTheSame() throws Exception {
        Long single = Long.getLong("mq.fire.seed");
        LongStream seeds = single == null ? LongStream.range(FIRST, FIRST + SEEDS) : LongStream.of(single);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        List<Future<Outcome>> runs = new ArrayList<>();
        seeds.forEach(seed -> runs.add(threads.submit(() -> run(seed))));
        threads.shutdown();
        List<String> failures = new ArrayList<>();
        int acknowledged = 0;
        for (Future<Outcome> run : runs) {
            Outcome outcome = run.get();
            acknowledged += outcome.acknowledged;
            failures.addAll(outcome.failures);
        }
        assertThat(failures).isEmpty();
        assertThat(acknowledged).as("acknowledged commands").isPositive();
    }

    private record Outcome(int acknowledged, List<String> failures) {}

    private Outcome run(long seed) {
        try {
            return new Outcome(FireSchedule.run(seed, directory.resolve(Long.toString(seed))), List.of());
        } catch (Exception | AssertionError e) {
            return new Outcome(0, List.of("seed %d (alone with -Dmq.fire.seed=%d) %s".formatted(seed, seed, e)));
        }
    }
}
