package io.mq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.mq.batch.Seeds;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The instrument of all crash tests measures what it says. */
class SimulatedDiskTest extends DiskContract {

    private static final Path DIRECTORY = Path.of("/d");
    private static final Path FILE = DIRECTORY.resolve("file");

    private final SimulatedDisk disk = new SimulatedDisk();

    @Override
    protected Disk newDisk() {
        return new SimulatedDisk();
    }

    @Override
    protected Path newDirectory(Disk newDisk) throws IOException {
        newDisk.createDirectories(DIRECTORY);
        return DIRECTORY;
    }

    private DiskFile createdDurably() throws IOException {
        disk.createDirectories(DIRECTORY);
        DiskFile file = disk.create(FILE);
        disk.forceDirectory(DIRECTORY);
        return file;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private String after(Survival survival, Random random) {
        return new String(disk.afterPowerCut(survival, random).content(FILE), StandardCharsets.UTF_8);
    }

    @Test
    void powerCutLeavesForcedBytesAndTakesTheRest() throws IOException {
        DiskFile file = createdDurably();
        file.writeFully(bytes("forced"), 0);
        file.force();
        file.writeFully(bytes("FO"), 0);
        file.writeFully(bytes("more"), 6);
        assertThat(after(Survival.NOTHING, new Random(1))).isEqualTo("forced");
        assertThat(after(Survival.EVERYTHING, new Random(1))).isEqualTo("FOrcedmore");
    }

    @Test
    void powerCutTakesANameWhoseDirectoryWasNotForced() throws IOException {
        disk.createDirectories(DIRECTORY);
        DiskFile file = disk.create(FILE);
        file.writeFully(bytes("abc"), 0);
        file.force();
        assertThat(disk.afterPowerCut(Survival.NOTHING, new Random(1)).files()).isEmpty();
        disk.forceDirectory(DIRECTORY);
        assertThat(disk.afterPowerCut(Survival.NOTHING, new Random(1)).files()).containsExactly(FILE);
    }

    @Test
    void powerCutUndoesARenameWhoseDirectoryWasNotForced() throws IOException {
        createdDurably();
        Path target = DIRECTORY.resolve("target");
        disk.rename(FILE, target);
        assertThat(disk.afterPowerCut(Survival.NOTHING, new Random(1)).files()).containsExactly(FILE);
        disk.forceDirectory(DIRECTORY);
        assertThat(disk.afterPowerCut(Survival.NOTHING, new Random(1)).files()).containsExactly(target);
    }

    @Test
    void powerCutUndoesATruncationThatWasNotForced() throws IOException {
        DiskFile file = createdDurably();
        file.writeFully(bytes("forced"), 0);
        file.force();
        file.truncate(2);
        assertThat(after(Survival.NOTHING, new Random(1))).isEqualTo("forced");
        assertThat(after(Survival.EVERYTHING, new Random(1))).isEqualTo("fo");
    }

    @Test
    void someOfTwoWritesMeansAnyOfThemWholeOrTorn() throws IOException {
        DiskFile file = createdDurably();
        file.writeFully(bytes("...."), 0);
        file.force();
        file.writeFully(bytes("ab"), 0);
        file.writeFully(bytes("cd"), 2);
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < 500; seed++) {
            found.add(after(Survival.SOME, new Random(seed)));
        }
        assertThat(found)
                .contains("....", "ab..", "..cd", "abcd", "a...", "..c.")
                .allMatch(s -> s.length() == 4);
    }

    @Test
    void failingHookKeepsTheOperationFromHappening() throws IOException {
        DiskFile file = createdDurably();
        file.writeFully(bytes("abc"), 0);
        disk.setHook((operation, path) -> {
            throw new IOException("no " + operation);
        });
        assertThatIOException().isThrownBy(() -> file.writeFully(bytes("X"), 0)).withMessage("no WRITE");
        assertThatIOException().isThrownBy(file::force).withMessage("no FORCE");
        assertThatIOException().isThrownBy(() -> file.truncate(0)).withMessage("no TRUNCATE");
        assertThatIOException().isThrownBy(() -> disk.delete(FILE)).withMessage("no DELETE");
        assertThatIOException()
                .isThrownBy(() -> disk.create(DIRECTORY.resolve("2")))
                .withMessage("no CREATE");
        assertThatIOException()
                .isThrownBy(() -> disk.rename(FILE, DIRECTORY.resolve("2")))
                .withMessage("no RENAME");
        assertThatIOException().isThrownBy(() -> disk.forceDirectory(DIRECTORY)).withMessage("no FORCE_DIRECTORY");
        assertThat(after(Survival.NOTHING, new Random(1))).isEmpty();
        assertThat(disk.content(FILE)).isEqualTo("abc".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void fullDiskTakesNoLongerFilesButOverwritesGoOn() throws IOException {
        DiskFile file = createdDurably();
        disk.setCapacity(10);
        file.writeFully(bytes("0123456789"), 0);
        assertThat(disk.usableBytes(DIRECTORY)).isZero();
        assertThatExceptionOfType(DiskFullException.class).isThrownBy(() -> file.writeFully(bytes("x"), 10));
        file.writeFully(bytes("abc"), 3);
        disk.setCapacity(11);
        file.writeFully(bytes("x"), 10);
        assertThat(disk.content(FILE)).isEqualTo("012abc6789x".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shortWritesAreWrittenWhole() {
        Seeds.forEach(50, random -> {
            SimulatedDisk shortDisk = new SimulatedDisk();
            shortDisk.writeShort(random);
            shortDisk.createDirectories(DIRECTORY);
            byte[] content = new byte[500];
            random.nextBytes(content);
            try (DiskFile file = shortDisk.create(FILE)) {
                file.writeFully(ByteBuffer.wrap(content), 0);
            }
            assertThat(shortDisk.content(FILE)).isEqualTo(content);
        });
    }

    @Test
    void flippedBitIsThereAndStays() throws IOException {
        DiskFile file = createdDurably();
        file.writeFully(bytes("abc"), 0);
        disk.flipBit(FILE, 8);
        assertThat(after(Survival.NOTHING, new Random(1))).isEqualTo("acc");
    }
}
