package io.mq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Disk} and {@link DiskFile} promise; every implementation passes this. */
abstract class DiskContract {

    private Disk disk;
    private Path directory;
    private Path file;

    protected abstract Disk newDisk();

    /** A directory that exists and is empty. */
    protected abstract Path newDirectory(Disk disk) throws IOException;

    @BeforeEach
    void makeDirectory() throws IOException {
        disk = newDisk();
        directory = newDirectory(disk);
        file = directory.resolve("file");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(Path path, String text) throws IOException {
        try (DiskFile opened = disk.exists(path) ? disk.open(path) : disk.create(path)) {
            opened.writeFully(bytes(text), 0);
        }
    }

    private String read(Path path) throws IOException {
        try (DiskFile opened = disk.open(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) opened.size());
            opened.readFully(content, 0);
            return StandardCharsets.UTF_8.decode(content.flip()).toString();
        }
    }

    @Test
    void createdFileIsEmpty() throws IOException {
        try (DiskFile created = disk.create(file)) {
            assertThat(created.size()).isZero();
            assertThat(created.read(ByteBuffer.allocate(1), 0)).isEqualTo(-1);
        }
        assertThat(disk.exists(file)).isTrue();
        assertThat(disk.size(file)).isZero();
    }

    @Test
    void existingFileIsNotCreatedAgain() throws IOException {
        write(file, "abc");
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> disk.create(file));
        assertThat(read(file)).isEqualTo("abc");
    }

    @Test
    void missingFileIsNotOpened() {
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> disk.open(file));
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> disk.size(file));
    }

    @Test
    void fileIsNotCreatedInAMissingDirectory() {
        assertThatIOException()
                .isThrownBy(() -> disk.create(directory.resolve("missing").resolve("file")));
    }

    @Test
    void writtenBytesAreReadAtAnyPosition() throws IOException {
        try (DiskFile created = disk.create(file)) {
            created.writeFully(bytes("0123456789"), 0);
            created.writeFully(bytes("abc"), 4);
            ByteBuffer target = ByteBuffer.allocate(5);
            assertThat(created.readFully(target, 3)).isEqualTo(5);
            assertThat(target.flip()).isEqualTo(bytes("3abc7"));
        }
        assertThat(read(file)).isEqualTo("0123abc789");
    }

    @Test
    void readAtTheEndIsShortAndBehindItNothing() throws IOException {
        try (DiskFile created = disk.create(file)) {
            created.writeFully(bytes("0123456789"), 0);
            assertThat(created.readFully(ByteBuffer.allocate(5), 8)).isEqualTo(2);
            assertThat(created.read(ByteBuffer.allocate(5), 10)).isEqualTo(-1);
            assertThat(created.readFully(ByteBuffer.allocate(5), 100)).isZero();
        }
    }

    @Test
    void writeBehindTheEndLeavesZerosBetween() throws IOException {
        write(file, "ab");
        try (DiskFile opened = disk.open(file)) {
            opened.writeFully(bytes("cd"), 4);
        }
        assertThat(read(file)).isEqualTo("ab\0\0cd");
    }

    @Test
    void truncateShortensAndNeverLengthens() throws IOException {
        write(file, "abcdef");
        try (DiskFile opened = disk.open(file)) {
            opened.truncate(3);
            opened.truncate(5);
            assertThat(opened.size()).isEqualTo(3);
        }
        assertThat(read(file)).isEqualTo("abc");
    }

    @Test
    void whatOneHandleWritesAnotherReads() throws IOException {
        try (DiskFile writer = disk.create(file);
                DiskFile reader = disk.open(file)) {
            writer.writeFully(bytes("abc"), 0);
            ByteBuffer target = ByteBuffer.allocate(3);
            assertThat(reader.readFully(target, 0)).isEqualTo(3);
            assertThat(target.flip()).isEqualTo(bytes("abc"));
        }
    }

    @Test
    void openFileIsReadAfterItWasDeleted() throws IOException {
        write(file, "abc");
        try (DiskFile opened = disk.open(file)) {
            disk.delete(file);
            assertThat(disk.exists(file)).isFalse();
            assertThat(opened.readFully(ByteBuffer.allocate(3), 0)).isEqualTo(3);
        }
    }

    @Test
    void renameReplacesItsTarget() throws IOException {
        Path target = directory.resolve("target");
        write(file, "new");
        write(target, "old");
        disk.rename(file, target);
        assertThat(read(target)).isEqualTo("new");
        assertThat(disk.exists(file)).isFalse();
    }

    @Test
    void renameOfAMissingFileFails() {
        assertThatIOException().isThrownBy(() -> disk.rename(file, directory.resolve("target")));
    }

    @Test
    void deletingWhatIsMissingIsNoError() throws IOException {
        disk.delete(file);
        assertThat(disk.exists(file)).isFalse();
    }

    @Test
    void namesAreListedInTheirOrder() throws IOException {
        write(directory.resolve("b"), "");
        write(directory.resolve("a"), "");
        disk.createDirectories(directory.resolve("c"));
        assertThat(disk.list(directory))
                .containsExactly(directory.resolve("a"), directory.resolve("b"), directory.resolve("c"));
        assertThat(disk.list(directory.resolve("missing"))).isEmpty();
        assertThat(disk.list(directory.resolve("a"))).isEmpty();
    }

    @Test
    void directoriesAreCreatedWithTheirParents() throws IOException {
        Path deep = directory.resolve("x").resolve("y").resolve("z");
        disk.createDirectories(deep);
        disk.createDirectories(deep);
        write(deep.resolve("file"), "abc");
        assertThat(disk.exists(deep)).isTrue();
        assertThat(read(deep.resolve("file"))).isEqualTo("abc");
    }

    @Test
    void treeIsDeletedWithAllThatIsInIt() throws IOException {
        Path deep = directory.resolve("x").resolve("y");
        disk.createDirectories(deep);
        write(deep.resolve("1"), "");
        write(directory.resolve("x").resolve("2"), "");
        disk.deleteTree(directory.resolve("x"));
        assertThat(disk.exists(directory.resolve("x"))).isFalse();
        assertThat(disk.list(directory)).isEmpty();
        disk.deleteTree(directory.resolve("x"));
    }

    @Test
    void replaceLeavesTheNewContentAndNothingElse() throws IOException {
        disk.replace(file, "first".getBytes(StandardCharsets.UTF_8));
        disk.replace(file, "2nd".getBytes(StandardCharsets.UTF_8));
        assertThat(read(file)).isEqualTo("2nd");
        assertThat(disk.list(directory)).containsExactly(file);
    }

    @Test
    void replaceDoesNotMindWhatACrashLeftOfAnEarlierOne() throws IOException {
        write(directory.resolve("file.tmp"), "a longer text that was cut off");
        disk.replace(file, "new".getBytes(StandardCharsets.UTF_8));
        assertThat(read(file)).isEqualTo("new");
    }

    @Test
    void lockIsHeldByOneAndGivenBack() throws IOException {
        Path lock = directory.resolve("lock");
        Closeable held = disk.tryLock(lock).orElseThrow();
        assertThat(disk.tryLock(lock)).isEmpty();
        held.close();
        try (Closeable again = disk.tryLock(lock).orElseThrow()) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void usableBytesAreKnown() throws IOException {
        assertThat(disk.usableBytes(directory)).isPositive();
    }
}
