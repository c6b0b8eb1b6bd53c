package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.error.StartupException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Hook;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The disk answers one operation with an I/O error, each one in turn; nothing acknowledged is lost. */
class WriteFailureTest {

    private static final int RECORDS = 120;
    private static final long SEED = 20_261_125;

    /** What changes the content of a file, or claims that it is safe. */
    private static final Set<Operation> ON_CONTENT = EnumSet.of(Operation.WRITE, Operation.FORCE, Operation.TRUNCATE);

    /** Fails the n-th operation and notes what is done to its file afterwards. */
    private static final class FailingOnce implements Hook {

        private final int failing;
        private int operations;
        private Operation failed;
        private Path failedFile;
        private final List<String> retries = new ArrayList<>();

        FailingOnce(int failing) {
            this.failing = failing;
        }

        @Override
        public void before(Operation operation, Path path) throws IOException {
            operations++;
            if (operations == failing) {
                failed = operation;
                failedFile = path;
                throw new IOException("Input/output error");
            }
            if (ON_CONTENT.contains(failed) && ON_CONTENT.contains(operation) && path.equals(failedFile)) {
                retries.add(operation + " of " + path);
            }
        }

        /** A file that is being prepared matters only once it is needed; names can be tried again. */
        boolean mattersForEver() {
            return ON_CONTENT.contains(failed) && !failedFile.toString().endsWith(".spare");
        }

        @Override
        public String toString() {
            return "operation %d, %s of %s, failed, seed %d".formatted(failing, failed, failedFile, SEED);
        }
    }

    private static final Logger LOGGER = Logger.getLogger("io.mq.core");

    private int healthy;
    private int poisoned;

    /** Hundreds of failures are made here, and each is logged with its stack. */
    @BeforeAll
    static void silenceLog() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void restoreLog() {
        LOGGER.setLevel(null);
    }

    @Test
    void atAnyOperationLosesNothingAcknowledgedAndIsNotTriedAgain() throws Exception {
        boolean isBeyond = false;
        for (int n = 1; !isBeyond; n++) {
            FailingOnce hook = new FailingOnce(n);
            failOnce(hook);
            isBeyond = hook.failed == null;
        }
        assertThat(poisoned).as("failures that stopped the journal").isGreaterThan(2 * RECORDS);
        assertThat(healthy).as("failures that did not matter").isPositive();
    }

    private void failOnce(FailingOnce hook) throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        Workload workload = new Workload(SEED);
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            disk.setHook(hook);
            runUntilFailure(workload, fixture, hook);
            if (fixture.engine().journal().isHealthy()) {
                healthy++;
                assertThat(hook.mattersForEver())
                        .as("whether it matters: " + hook)
                        .isFalse();
            } else {
                poisoned++;
                assertNothingIsTaken(fixture, hook);
            }
            assertThat(hook.retries)
                    .as("what was done to the file after " + hook)
                    .isEmpty();
            for (Survival survival : Survival.values()) {
                SimulatedDisk found = disk.afterPowerCut(survival, new Random(hook.failing));
                workload.verify(found, store.load(), hook::toString);
            }
        }
    }

    private static void runUntilFailure(Workload workload, EngineFixture fixture, FailingOnce hook) throws Exception {
        try {
            workload.run(fixture, RECORDS);
        } catch (ExecutionException | IOException e) {
            // A checkpoint that came after a command of the same burst had failed learns only that.
            assertThat(e)
                    .as(hook.toString())
                    .satisfiesAnyOf(
                            own -> assertThat(own).hasStackTraceContaining("Input/output error"),
                            later -> assertThat(later).hasStackTraceContaining("the journal has failed"));
        }
        List<Reason> failures = workload.failures();
        assertThat(failures).as("answers after " + hook).isSubsetOf(Reason.OUTCOME_UNKNOWN, Reason.JOURNAL_FAILED);
        int firstRefused = failures.indexOf(Reason.JOURNAL_FAILED);
        if (firstRefused >= 0) {
            assertThat(failures.subList(firstRefused, failures.size()))
                    .as("answers after the first refusal")
                    .containsOnly(Reason.JOURNAL_FAILED);
        }
    }

    private static void assertNothingIsTaken(EngineFixture fixture, FailingOnce hook) {
        try {
            fixture.engine().journal().submit(new DeleteGroupCommand("g")).join();
            throw new AssertionError("a command was taken after " + hook);
        } catch (CompletionException e) {
            assertThat(((BrokerException) e.getCause()).reason())
                    .as(hook.toString())
                    .isEqualTo(Reason.JOURNAL_FAILED);
        }
    }

    @Test
    void duringAStartRefusesItOrDoesNotMatterAndTheNextStartFindsEverything() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        Workload workload = new Workload(SEED);
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            workload.run(fixture, RECORDS);
        }
        int refusals = 0;
        boolean isBeyond = false;
        for (int n = 1; !isBeyond; n++) {
            FailingOnce hook = new FailingOnce(n);
            SimulatedDisk found = disk.afterPowerCut(Survival.SOME, new Random(n));
            InMemoryCheckpointStore foundStore = new InMemoryCheckpointStore(store.load());
            found.setHook(hook);
            try {
                EngineFixture.open(found, foundStore).close();
            } catch (StartupException e) {
                refusals++;
                assertThat(e).as(hook.toString()).hasStackTraceContaining("Input/output error");
            }
            found.setHook((operation, path) -> {});
            workload.verify(found.afterPowerCut(Survival.SOME, new Random(n)), foundStore.load(), hook::toString);
            isBeyond = hook.failed == null;
        }
        assertThat(refusals).as("refused starts").isGreaterThan(5);
    }
}
