package io.mq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioDiskTest extends DiskContract {

    /** Linux has a device on which every write finds no room. */
    private static final Path FULL_DEVICE = Path.of("/dev/full");

    @TempDir
    private Path temporary;

    private final NioDisk disk = new NioDisk();

    @Override
    protected Disk newDisk() {
        return disk;
    }

    @Override
    protected Path newDirectory(Disk unused) {
        return temporary;
    }

    @Test
    void writeToAFullDiskIsADiskFullException() throws IOException {
        assumeThat(FULL_DEVICE).exists();
        try (DiskFile full = disk.open(FULL_DEVICE)) {
            assertThatExceptionOfType(DiskFullException.class)
                    .isThrownBy(() -> full.writeFully(ByteBuffer.allocate(10), 0))
                    .withMessageContaining(FULL_DEVICE.toString());
        }
    }

    /** A force that did nothing would not notice. */
    @Test
    void forceOfAClosedFileFails() throws IOException {
        DiskFile file = disk.create(temporary.resolve("file"));
        file.writeFully(ByteBuffer.allocate(10), 0);
        file.force();
        file.close();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(file::force);
    }

    /** A force that did nothing would not notice. */
    @Test
    void forceOfAMissingDirectoryFails() throws IOException {
        disk.forceDirectory(temporary);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> disk.forceDirectory(temporary.resolve("missing")));
    }

    @Test
    void directoryCannotBeCreatedWhereAFileIs() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        assertThatIOException().isThrownBy(() -> disk.createDirectories(file));
        assertThatIOException().isThrownBy(() -> disk.createDirectories(file.resolve("below")));
        assertThat(file).isRegularFile();
    }

    @Test
    void fileMayBeClosedTwice() throws IOException {
        DiskFile file = disk.create(temporary.resolve("file"));
        file.close();
        file.close();
        assertThat(disk.size(temporary.resolve("file"))).isZero();
    }

    @Test
    void lockFileOfAnEarlierProcessIsTakenOver() throws IOException {
        Path lock = Files.writeString(temporary.resolve("lock"), "left over");
        disk.tryLock(lock).orElseThrow().close();
        assertThat(lock).hasContent("left over");
    }
}
