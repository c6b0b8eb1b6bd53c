package io.mq.core.journal;

import static io.mq.core.journal.JournalTrace.DIRECTORY;
import static io.mq.core.journal.JournalTrace.replay;
import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.journal.JournalTrace.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replay applies, and when it refuses because something acknowledged may be missing. */
class JournalReplayTest {

    private static final int COMMANDS = 14;

    private JournalTrace trace;
    private SimulatedDisk disk;

    @BeforeEach
    void writeTrace() throws IOException {
        trace = JournalTrace.of(COMMANDS);
        disk = trace.disk();
    }

    private CorruptFileException refusal(long appliedIndex) {
        return catchThrowableOfType(CorruptFileException.class, () -> replay(disk, appliedIndex));
    }

    private void remove(Path file) throws IOException {
        disk.delete(file);
    }

    private void change(Path file, Consumer<ByteBuffer> change) {
        byte[] content = disk.content(file);
        change.accept(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
        disk.setContent(file, content);
    }

    @Test
    void everythingIsAppliedInItsOrderWithItsIndex() throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        JournalReplay.Result result = JournalReplay.run(disk, DIRECTORY, 0, machine);
        assertThat(machine.applied()).isEqualTo(trace.commands());
        assertThat(machine.indexes()).startsWith(1L, 2L, 3L).endsWith((long) COMMANDS);
        assertThat(result.nextIndex()).isEqualTo(COMMANDS + 1);
        assertThat(result.commands()).isEqualTo(COMMANDS);
        assertThat(result.bytes()).isGreaterThan(COMMANDS * 350L);
    }

    @Test
    void whatTheCheckpointHoldsIsNotAppliedAgain() throws IOException {
        for (int applied = 0; applied <= COMMANDS; applied++) {
            assertThat(replay(disk, applied)).isEqualTo(trace.commands().subList(applied, COMMANDS));
        }
    }

    @Test
    void checkpointInTheMiddleOfABlockIsFound() throws IOException {
        SimulatedDisk shared = new SimulatedDisk();
        try (FileJournal journal = JournalTrace.open(shared, 1)) {
            // Submitted at once, most of them share blocks.
            List.of("a", "b", "c", "d", "e", "f").forEach(text -> {
                var unused = journal.submit(command(text));
            });
        }
        assertThat(replay(shared, 2)).containsExactly("c", "d", "e", "f");
        assertThat(replay(shared, 5)).containsExactly("f");
    }

    @Test
    void missingDirectoryOfANewNodeIsAnEmptyJournal() throws IOException {
        assertThat(replay(new SimulatedDisk(), 0)).isEmpty();
    }

    @Test
    void commandThatWasRefusedIsRefusedAgainAndTheReplayGoesOn() throws IOException {
        SimulatedDisk other = new SimulatedDisk();
        try (FileJournal journal = JournalTrace.open(other, 1)) {
            List.of("a", "refuse", "b").forEach(text -> JournalContract.await(journal.submit(command(text))));
        }
        assertThat(replay(other, 0)).containsExactly("a", "refuse", "b");
    }

    @Test
    void missingOldestFileIsRefused() throws IOException {
        remove(trace.files().get(0));
        assertThat(refusal(0)).hasMessageContaining("expected index 1, found no intact block before index ");
    }

    @Test
    void missingFileInTheMiddleIsRefused() throws IOException {
        remove(trace.files().get(1));
        assertThat(refusal(0)).hasMessageContaining("found no intact block before index ");
    }

    /** A file ends with its end mark only once the next one is there. */
    @Test
    void missingNewestFileIsRefused() throws IOException {
        Path newest = trace.blocks().get(COMMANDS - 1).file();
        for (Path file : trace.files()) {
            if (file.compareTo(newest) >= 0) {
                remove(file);
            }
        }
        List<Path> left = trace.files();
        assertThat(refusal(0)).hasMessageContaining(left.get(left.size() - 1) + "@");
    }

    @Test
    void missingFileThatTheCheckpointCoversIsNotMissed() throws IOException {
        Path oldest = trace.files().get(0);
        long inOldest = trace.blocks().stream()
                .filter(place -> place.file().equals(oldest))
                .count();
        remove(oldest);
        assertThat(replay(disk, inOldest)).isEqualTo(trace.commands().subList((int) inOldest, COMMANDS));
    }

    @Test
    void checkpointBeyondTheJournalIsRefused() {
        assertThat(refusal(COMMANDS + 1))
                .hasMessageContaining("the journal ends before index %d", COMMANDS + 1)
                .hasMessageContaining("the checkpoint has applied index %d", COMMANDS + 1);
    }

    @Test
    void checkpointWithoutAnyJournalIsRefused() {
        disk = new SimulatedDisk();
        assertThat(refusal(1)).hasMessageContaining("the checkpoint has applied index 1");
    }

    @Test
    void newCheckpointStoreBesideAnOldJournalIsRefused() throws IOException {
        disk = new SimulatedDisk();
        try (FileJournal journal = JournalTrace.open(disk, 1000)) {
            journal.submit(command("x")).join();
        }
        assertThat(refusal(0)).hasMessageContaining("expected index 1").hasMessageContaining("index 1000");
    }

    @Test
    void tornEndIsFollowedByTheNextProcessesFile() throws IOException {
        Place last = trace.blocks().get(COMMANDS - 1);
        disk.flipBit(last.file(), last.from() * 8L + 500);
        SimulatedDisk second = disk;
        List<Path> old = trace.files();
        List<byte[]> contents = old.stream().map(second::content).toList();
        try (FileJournal journal = JournalTrace.open(second, COMMANDS)) {
            journal.submit(command("in its place")).join();
        }
        // As if the second process had been killed before it could retire the first one's files.
        for (int i = 0; i < old.size(); i++) {
            second.create(old.get(i)).close();
            second.setContent(old.get(i), contents.get(i));
        }
        assertThat(replay(second, 0))
                .startsWith(trace.commands().get(0))
                .hasSize(COMMANDS)
                .endsWith("in its place");
    }

    @Test
    void damagedMagicOfAFileIsRefused() throws IOException {
        change(trace.files().get(0), content -> content.put(0, (byte) 'X'));
        assertThat(refusal(0)).hasMessageMatching(".*\\.journal@0: journal file magic: expected [0-9a-f]{8}, found.*");
    }

    @Test
    void damagedHeaderOfAFileIsRefused() throws IOException {
        change(trace.files().get(0), content -> content.put(16, (byte) ~content.get(16)));
        assertThat(refusal(0)).hasMessageMatching(".*\\.journal@4: journal file CRC: expected [0-9a-f]{8}, found.*");
    }

    @Test
    void fileUnderAnothersNameIsRefused() throws IOException {
        List<Path> files = trace.files();
        disk.rename(files.get(0), files.get(1));
        assertThat(refusal(0)).hasMessageMatching(".*\\.journal@8: journal file sequence: expected 2, found 1;.*");
    }

    @Test
    void emptyFileIsRefused() throws IOException {
        disk.setContent(trace.files().get(0), new byte[0]);
        assertThat(refusal(0)).hasMessageContaining("journal file magic");
    }

    @Test
    void refusalNamesTheCommandThatInspects() throws IOException {
        remove(trace.files().get(0));
        assertThat(refusal(0)).hasMessageContaining("run 'mq inspect --data-dir DIR'");
    }

    /** A length is bounded by the file before memory is taken for it. */
    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MAX_VALUE - 40, -1, Integer.MIN_VALUE, 1 << 20})
    void lengthThatGoesPastTheFileIsNotBelieved(int length) throws IOException {
        Place last = trace.blocks().get(COMMANDS - 1);
        change(last.file(), content -> content.putInt(last.from() + 24, length));
        assertThat(replay(disk, 0)).isEqualTo(trace.commands().subList(0, COMMANDS - 1));
    }

    @Test
    void endOfAFileTooShortForABlockIsItsEnd() throws IOException {
        Place last = trace.blocks().get(COMMANDS - 1);
        byte[] content = disk.content(last.file());
        for (int rest = 0; rest < 2 * JournalBlock.HEADER_BYTES; rest++) {
            disk.setContent(last.file(), Arrays.copyOf(content, last.to() + rest));
            assertThat(replay(disk, 0)).isEqualTo(trace.commands());
        }
    }
}
