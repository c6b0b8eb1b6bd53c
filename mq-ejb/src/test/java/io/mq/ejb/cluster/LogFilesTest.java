package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mq.core.file.DiskFile;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.journal.RaftJournal;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.journal.RecordingStateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut and a bad disk leave of a log that the engine has written. */
class LogFilesTest {

    private static final RaftJournalConfig CONFIG = new RaftJournalConfig(16 << 10, 4 << 10, 1 << 20, 1);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path LOGS = Path.of("/raft/shards");
    private static final Path CURRENT = LOGS.resolve("shard").resolve("current");
    private static final Path OPEN = CURRENT.resolve("log_inprogress_0");

    /** What the file is preallocated with behind the last entry. */
    private static final int ZEROS = 8 << 10;

    /** Several sectors long, so that one in the middle of it can be missing. */
    private static final String LONG = "long" + "x".repeat(3000);

    private static final List<String> SUBMITTED = List.of("first", "second", LONG, "third", "last");

    @TempDir
    private static Path written;

    /** The file that the engine has left, and where each entry in it begins, and the end. */
    private static byte[] log;

    private static List<Integer> entries;

    private final SimulatedDisk disk = new SimulatedDisk();

    @BeforeAll
    static void write() throws IOException {
        RaftJournal journal = new SingleReplica(written, new LogGate(), CONFIG).open(new RecordingStateMachine());
        for (String text : SUBMITTED) {
            assertThat(journal.submit(command(text))).succeedsWithin(SOON);
        }
        journal.close();
        log = Files.readAllBytes(fileIn(written));
        entries = entriesIn(log);
    }

    private static Path fileIn(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(each -> each.getFileName().toString().startsWith("log_inprogress_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<Integer> entriesIn(byte[] content) {
        SegmentFrames frames = new SegmentFrames(content);
        List<Integer> found = new ArrayList<>();
        int position = frames.first();
        while (position < content.length) {
            found.add(position);
            assertThat(frames.isWholeAt(position)).isTrue();
            position = (int) frames.endOf(position);
        }
        found.add(content.length);
        return found;
    }

    /** Where an entry begins; the last is 1. */
    private static int fromTheEnd(int number) {
        return entries.get(entries.size() - 1 - number);
    }

    private static int beginOf(String text) {
        int place = new String(log, StandardCharsets.ISO_8859_1).indexOf(text);
        return entries.stream()
                .filter(entry -> entry < place)
                .reduce((before, last) -> last)
                .orElseThrow();
    }

    private static int endOf(String text) {
        return entries.get(entries.indexOf(beginOf(text)) + 1);
    }

    /** The log up to a place, and zeros behind it. */
    private static byte[] upTo(int position) {
        return Arrays.copyOf(Arrays.copyOf(log, position), position + ZEROS);
    }

    private static byte[] flipped(byte[] content, int position) {
        return flipped(content, position, 0x10);
    }

    private static byte[] flipped(byte[] content, int position, int bits) {
        byte[] damaged = content.clone();
        damaged[position] ^= (byte) bits;
        return damaged;
    }

    private void prepare(byte[] content) throws IOException {
        put(OPEN, content);
        new LogFiles(disk).prepare(LOGS);
    }

    private void put(Path file, byte[] content) throws IOException {
        if (!disk.exists(file)) {
            disk.createDirectories(CURRENT);
            disk.create(file).close();
            disk.forceDirectory(CURRENT);
        }
        disk.setContent(file, content);
    }

    private void assertRefused(byte[] content, int position) {
        assertThatIOException()
                .as("damage at %d", position)
                .isThrownBy(() -> prepare(content))
                .withMessageContaining("log_inprogress_0@")
                .withMessageContaining("empty data directory");
        assertThat(disk.content(OPEN)).isEqualTo(content);
    }

    @Test
    void logThatIsWholeStaysAsItIs() throws IOException {
        prepare(log);
        assertThat(disk.content(OPEN)).isEqualTo(log);
        byte[] preallocated = upTo(log.length);
        prepare(preallocated);
        assertThat(disk.content(OPEN)).isEqualTo(preallocated);
    }

    @Test
    void lastEntryTornAtAnyByteIsCutOff() throws IOException {
        for (String text : List.of("last", LONG)) {
            int begin = beginOf(text);
            int end = endOf(text);
            for (int torn = begin + 1; torn < end; torn++) {
                if (isZeroFrom(torn, end)) {
                    // Nothing is missing.
                    continue;
                }
                prepare(upTo(torn));
                assertThat(disk.content(OPEN)).as("torn at %d", torn).isEqualTo(Arrays.copyOf(log, begin));
            }
        }
    }

    private static boolean isZeroFrom(int position, int end) {
        for (int i = position; i < end; i++) {
            if (log[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void lastEntryThatEndsWithTheFileIsCutOff() throws IOException {
        int begin = beginOf(LONG);
        for (int torn = begin + 1; torn < endOf(LONG); torn++) {
            prepare(Arrays.copyOf(log, torn));
            assertThat(disk.content(OPEN)).as("torn at %d", torn).isEqualTo(Arrays.copyOf(log, begin));
        }
    }

    @Test
    void lastEntryWithoutASectorIsCutOff() throws IOException {
        int begin = beginOf(LONG);
        byte[] content = upTo(endOf(LONG));
        int sector = (begin / 512 + 2) * 512;
        Arrays.fill(content, sector, sector + 512, (byte) 0);
        prepare(content);
        assertThat(disk.content(OPEN)).isEqualTo(Arrays.copyOf(log, begin));
    }

    @Test
    void flippedBitOfAnyEntryButTheLastIsRefused() {
        for (int position = entries.get(0); position < fromTheEnd(1); position++) {
            assertRefused(flipped(upTo(log.length), position), position);
            assertRefused(flipped(log, position), position);
            // The length of a short entry goes past the end then.
            assertRefused(flipped(upTo(log.length), position, 0x80), position);
            assertRefused(flipped(log, position, 0x80), position);
        }
    }

    /** It may have been acknowledged: nothing of it is missing. But for one that ends with what looks like a tear. */
    @Test
    void flippedBitOfTheLastEntryIsRefused() {
        int end = endOf(LONG);
        assumeThat(log[end - 1]).isNotZero();
        for (int position = beginOf(LONG); position < end - 1; position++) {
            assertRefused(flipped(upTo(end), position), position);
            assertRefused(flipped(Arrays.copyOf(log, end), position), position);
        }
    }

    @Test
    void tornEntryBeforeAWholeOneIsRefused() {
        byte[] content = upTo(log.length);
        int end = endOf("third");
        Arrays.fill(content, end - 4, end, (byte) 0);
        assertRefused(content, end - 4);
    }

    @Test
    void entryWithoutItsBeginningIsRefused() {
        byte[] content = upTo(log.length);
        int begin = beginOf("last");
        Arrays.fill(content, begin, begin + 4, (byte) 0);
        assertRefused(content, begin);
    }

    @Test
    void missingHeaderIsRefusedWhereSomethingFollows() throws IOException {
        byte[] content = log.clone();
        Arrays.fill(content, 0, entries.get(0), (byte) 0);
        assertRefused(content, 0);
        byte[] torn = Arrays.copyOf(Arrays.copyOf(log, 3), ZEROS);
        prepare(torn);
        assertThat(disk.content(OPEN)).isEqualTo(torn);
    }

    @Test
    void damagedClosedFileIsRefused() throws IOException {
        int count = entries.size() - 1;
        Path closed = CURRENT.resolve("log_0-%d".formatted(count - 1));
        for (int position = 0; position < log.length; position++) {
            put(closed, flipped(log, position));
            assertThatIOException().as("damage at %d", position).isThrownBy(() -> new LogFiles(disk).prepare(LOGS));
        }
        put(closed, Arrays.copyOf(log, log.length - 1));
        assertThatIOException().isThrownBy(() -> new LogFiles(disk).prepare(LOGS));
    }

    @Test
    void tornEntryOfAnOpenFileThatIsNotTheNewestIsRefused() throws IOException {
        put(CURRENT.resolve("log_inprogress_100"), log);
        assertRefused(upTo(endOf(LONG) - 10), endOf(LONG) - 10);
    }

    /** A process that was killed leaves what it wrote to the operating system, and the engine takes it for forced. */
    @Test
    void whatTheEngineWillHoldToBeOnDiskIsForced() throws IOException {
        prepareUnforced(upTo(log.length));
        assertThat(disk.afterPowerCut(Survival.NOTHING, new Random(1)).content(OPEN))
                .startsWith(log);
    }

    private void prepareUnforced(byte[] content) throws IOException {
        prepare(upTo(entries.get(1)));
        try (DiskFile file = disk.open(OPEN)) {
            file.writeFully(ByteBuffer.wrap(content), 0);
        }
        new LogFiles(disk).prepare(LOGS);
    }

    /** What the engine leaves where the disk was full when it noted a vote. */
    @Test
    void nodeThatDoesNotKnowWhatItHasVotedIsRefused() throws IOException {
        Path votes = CURRENT.resolve("raft-meta");
        put(votes, "term=3\n".getBytes(StandardCharsets.US_ASCII));
        prepare(log);
        put(votes, new byte[0]);
        assertThatIOException()
                .isThrownBy(() -> prepare(log))
                .withMessageContaining("what it has voted")
                .withMessageContaining("empty data directory");
    }

    @Test
    void engineStartsWithATornLastEntryAndHasWhatIsBeforeIt(@TempDir Path directory) throws IOException {
        int end = endOf(LONG);
        for (int torn : List.of(beginOf(LONG) + 1, beginOf(LONG) + 700, end - 1)) {
            RecordingStateMachine machine = new RecordingStateMachine();
            RaftJournal journal = open(directory.resolve("torn" + torn), upTo(torn), machine);
            assertThat(journal.submit(command("after"))).succeedsWithin(SOON);
            journal.close();
            assertThat(machine.applied()).containsExactly("first", "second", "after");
        }
    }

    @Test
    void nodeDoesNotStartWithADamagedLog(@TempDir Path directory) {
        assertThatThrownBy(() -> open(directory, flipped(log, beginOf("second") + 20), new RecordingStateMachine()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("log_inprogress_0@%d: entry", beginOf("second"));
    }

    private static RaftJournal open(Path directory, byte[] content, RecordingStateMachine machine) throws IOException {
        PowerCut.copy(written, directory);
        Files.write(fileIn(directory), content);
        return new SingleReplica(directory, new LogGate(), CONFIG).open(machine);
    }
}
