package io.mq.core.journal;

import static io.mq.core.journal.JournalTrace.DIRECTORY;
import static io.mq.core.journal.JournalTrace.replay;
import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.command.LogPosition;
import io.mq.core.error.Reason;
import io.mq.core.file.DiskFile;
import io.mq.core.file.DiskFullException;
import io.mq.core.file.GatedDisk;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lives of journal files: prepared, full, released, recycled. */
class JournalFilesTest {

    private final SimulatedDisk disk = new SimulatedDisk();

    private List<Path> named(String suffix) {
        return disk.list(DIRECTORY).stream()
                .filter(path -> path.toString().endsWith(suffix))
                .toList();
    }

    private static void submit(FileJournal journal, int count, String prefix) {
        for (int i = 0; i < count; i++) {
            journal.submit(command(prefix + i + " " + "x".repeat(380))).join();
        }
    }

    private static void put(SimulatedDisk target, Path file, byte[] content) throws IOException {
        target.createDirectories(DIRECTORY);
        try (DiskFile created = target.create(file)) {
            created.writeFully(ByteBuffer.wrap(content), 0);
            created.force();
        }
        target.forceDirectory(DIRECTORY);
    }

    /** A spare can hold commands of a later time than the journal, where an older copy of it was put back. */
    @Test
    void blocksOfARecycledFilesFormerLifeAreNeverTakenForNewOnes() throws IOException {
        JournalTrace future = JournalTrace.of(8);
        byte[] fullOfCommands = future.disk().content(future.files().get(0));
        put(disk, DIRECTORY.resolve("00000000000000000099.spare"), fullOfCommands);
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            submit(journal, 1, "new ");
        }
        byte[] recycled = disk.content(named(".journal").get(0));
        assertThat(Arrays.equals(recycled, 5000, recycled.length, fullOfCommands, 5000, fullOfCommands.length))
                .as("whether the former life's blocks are still there")
                .isTrue();
        assertThat(replay(disk, 0)).singleElement().asString().startsWith("new 0");
    }

    @Test
    void blockOfAnotherSaltIsNone() throws IOException {
        Path path = DIRECTORY.resolve("file");
        ByteBuffer block = JournalBlock.mark(7, 1, JournalBlock.START);
        byte[] bytes = new byte[block.remaining()];
        block.get(bytes);
        put(disk, path, bytes);
        try (DiskFile file = disk.open(path)) {
            assertThat(JournalBlock.read(file, 0, file.size(), 7)).isNotNull();
            assertThat(JournalBlock.read(file, 0, file.size(), 8)).isNull();
        }
    }

    @Test
    void everyLifeOfAFileHasAnotherSalt() throws IOException {
        AtomicInteger renamed = new AtomicInteger();
        Set<Long> salts = new HashSet<>();
        disk.setHook((operation, path) -> {
            if (operation == Operation.RENAME && path.toString().endsWith(".journal")) {
                renamed.incrementAndGet();
                byte[] prepared = disk.content(named(".spare").get(0));
                salts.add(ByteBuffer.wrap(prepared).getLong(16));
            }
        });
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            for (int i = 0; i < 20; i++) {
                submit(journal, 4, "c");
                journal.release(LogPosition.of(4L * i));
            }
        }
        assertThat(renamed).hasValueGreaterThan(15);
        assertThat(salts).hasSize(renamed.get());
    }

    @Test
    void fileIsForcedBeforeItGetsItsNameAndTheNameBeforeItIsUsed() throws IOException {
        SimulatedDisk[] found = new SimulatedDisk[1];
        disk.setHook((operation, path) -> {
            boolean isNamed =
                    operation == Operation.FORCE_DIRECTORY && !named(".journal").isEmpty();
            if (isNamed) {
                found[0] = disk.afterPowerCut(Survival.EVERYTHING, new Random(1));
            }
            if (operation == Operation.WRITE && path.toString().endsWith(".journal")) {
                SimulatedDisk after = disk.afterPowerCut(Survival.NOTHING, new Random(1));
                assertThat(after.files()).as("names after a power cut").contains(path);
                assertThat(after.size(path)).as("durable size").isEqualTo(disk.size(path));
                assertThat(replay(after, 0)).isNotNull();
            }
        });
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            submit(journal, 20, "c");
        }
        assertThat(found[0].files()).isNotEmpty();
    }

    @Test
    void surplusSparesGiveTheirDiskBack() throws IOException {
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            submit(journal, 40, "c");
            assertThat(named(".journal")).hasSizeGreaterThan(8);
            journal.release(LogPosition.of(40));
        }
        assertThat(named(".journal")).hasSize(2);
        assertThat(named(".spare")).hasSize(1);
    }

    /** A start mark is not forced; until the new file has a block on disk, only the full one says which index is next. */
    @Test
    void fullFileIsNotReleasedBeforeTheNextOneHasABlockOnDisk() throws IOException {
        GatedDisk gated = new GatedDisk(disk, path -> path.toString().endsWith(".journal"));
        try (FileJournal journal = JournalTrace.open(gated, 1)) {
            submit(journal, 4, "c");
            gated.shut();
            var firstInTheNextFile = journal.submit(command("x".repeat(380)));
            gated.awaitArrival();
            gated.letOnePass();
            gated.awaitArrival();
            journal.release(LogPosition.of(4));
            SimulatedDisk found = disk.afterPowerCut(Survival.NOTHING, new Random(1));
            gated.open();
            assertThat(replay(found, 4)).isEmpty();
            firstInTheNextFile.join();
        }
    }

    @Test
    void blocksOfAnySizeLeaveRoomForTheEndMark() throws IOException {
        for (int size = 300; size < 500; size++) {
            SimulatedDisk some = new SimulatedDisk();
            try (FileJournal journal = JournalTrace.open(some, 1)) {
                for (int i = 0; i < 8; i++) {
                    journal.submit(command("x".repeat(size))).join();
                }
            }
            assertThat(some.files())
                    .as("files with commands of %d bytes", size)
                    .allSatisfy(file -> assertThat(some.size(file)).isEqualTo(6 << 10));
            assertThat(replay(some, 0)).hasSize(8);
        }
    }

    @Test
    void spareOfAnotherSizeIsMadeToFit() throws IOException {
        put(disk, DIRECTORY.resolve("00000000000000000001.spare"), new byte[100_000]);
        put(disk, DIRECTORY.resolve("00000000000000000002.spare"), new byte[10]);
        JournalTrace.open(disk, 1).close();
        assertThat(named(".journal"))
                .hasSize(2)
                .allSatisfy(file -> assertThat(disk.size(file)).isEqualTo(6 << 10));
    }

    @Test
    void newProcessNeverWritesBehindWhatAnEarlierOneLeft() throws IOException {
        JournalTrace trace = JournalTrace.of(3);
        List<Path> old = trace.files();
        trace.disk().setHook((operation, path) -> {
            if (operation == Operation.WRITE) {
                assertThat(old).doesNotContain(path);
            }
        });
        try (FileJournal journal = JournalTrace.open(trace.disk(), 4)) {
            submit(journal, 2, "new ");
        }
        assertThat(trace.files()).doesNotContainAnyElementsOf(old);
    }

    @Test
    void spaceThatComesBackLetsThePreparationSucceed() throws IOException {
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            disk.setHook((operation, path) -> {
                if (operation == Operation.WRITE && path.toString().endsWith(".spare")) {
                    throw new DiskFullException(path, new IOException("No space left on device"));
                }
            });
            submit(journal, 4, "a");
            submit(journal, 4, "b");
            assertThat(JournalContract.refusal(journal.submit(command("x".repeat(380))))
                            .reason())
                    .isEqualTo(Reason.DISK_FULL);
            disk.setHook((operation, path) -> {});
            submit(journal, 4, "c");
        }
        assertThat(replay(disk, 0)).hasSize(12);
    }

    /** What is written to a file after a failed force cannot be trusted, and so the file is not used at all. */
    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE", "RENAME", "FORCE_DIRECTORY"})
    void preparationThatFailsPoisonsTheJournalWhenTheFileIsNeeded(Operation failing) throws IOException {
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            AtomicInteger failures = new AtomicInteger();
            disk.setHook((operation, path) -> {
                boolean isPreparing = path.toString().endsWith(".spare")
                        || operation == Operation.RENAME
                        || operation == Operation.FORCE_DIRECTORY;
                if (operation == failing && isPreparing && failures.getAndIncrement() == 0) {
                    throw new IOException("Input/output error");
                }
            });
            submit(journal, 4, "a");
            submit(journal, 4, "b");
            assertThat(failures).hasValue(1);
            assertThat(JournalContract.refusal(journal.submit(command("x".repeat(380))))
                            .reason())
                    .isEqualTo(Reason.OUTCOME_UNKNOWN);
            assertThat(journal.isHealthy()).isFalse();
        }
        assertThat(replay(disk, 0)).hasSize(8);
    }

    @Test
    void fileThatCannotBeRetiredDoesNotStopTheJournal() throws IOException {
        try (FileJournal journal = JournalTrace.open(disk, 1)) {
            submit(journal, 12, "a");
            disk.setHook((operation, path) -> {
                if (operation == Operation.RENAME && path.toString().endsWith(".spare")) {
                    throw new IOException("Input/output error");
                }
            });
            journal.release(LogPosition.of(12));
            submit(journal, 12, "b");
            assertThat(journal.isHealthy()).isTrue();
        }
        assertThat(replay(disk, 12)).hasSize(12);
    }
}
