package io.mq.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.mq.batch.Seeds;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.WatchedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenFilesTest {

    private static final Path DIRECTORY = Path.of("/d");
    private static final int OPEN_MAX = 3;

    private final SimulatedDisk simulated = new SimulatedDisk();
    private final WatchedDisk disk = new WatchedDisk(simulated);
    private final OpenFiles files = new OpenFiles(disk, OPEN_MAX);

    @BeforeEach
    void makeDirectory() {
        simulated.createDirectories(DIRECTORY);
    }

    private static Path path(int number) {
        return DIRECTORY.resolve("f" + number);
    }

    private void write(int number, String text) throws IOException {
        try (OpenFiles.Lease lease = files.acquireOrCreate(path(number))) {
            lease.markDirty();
            lease.file().writeFully(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        }
    }

    private void touch(int number) throws IOException {
        files.acquireOrCreate(path(number)).close();
    }

    @Test
    void noMoreFilesAreOpenThanAllowed() throws IOException {
        for (int number = 0; number < 20; number++) {
            touch(number);
            assertThat(files.count()).isLessThanOrEqualTo(OPEN_MAX);
            assertThat(disk.openFiles()).isLessThanOrEqualTo(OPEN_MAX);
        }
    }

    @Test
    void fileThatWasUsedLastStaysOpen() throws IOException {
        touch(0);
        touch(1);
        touch(2);
        touch(0);
        touch(3);
        simulated.setHook((operation, path) -> {});
        try (OpenFiles.Lease stays = files.acquire(path(0))) {
            assertThat(disk.openFiles())
                    .as("files open after one more use of the first")
                    .isEqualTo(OPEN_MAX);
            assertThat(stays).hasToString(path(0).toString());
        }
    }

    @Test
    void fileInUseIsNotClosedHoweverManyAreOpened() throws IOException {
        List<OpenFiles.Lease> held = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            write(number, "abc");
            held.add(files.acquire(path(number)));
        }
        assertThat(files.count()).isEqualTo(10);
        for (OpenFiles.Lease lease : held) {
            assertThat(lease.file().readFully(ByteBuffer.allocate(3), 0)).isEqualTo(3);
            lease.close();
        }
        touch(11);
        assertThat(files.count()).isLessThanOrEqualTo(OPEN_MAX);
        assertThat(disk.openFiles()).isLessThanOrEqualTo(OPEN_MAX);
    }

    @Test
    void missingFileIsNotCreatedByAReader() {
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> files.acquire(path(0)));
        assertThat(files.count()).isZero();
    }

    @Test
    void writtenFileIsForcedBeforeItIsClosed() throws IOException {
        write(0, "abc");
        for (int number = 1; number <= OPEN_MAX; number++) {
            touch(number);
        }
        simulated.forceDirectory(DIRECTORY);
        assertThat(simulated.durableContent(path(0)))
                .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(3));
    }

    @Test
    void fileThatWasForcedIsClosedWithoutAnotherForce() throws IOException {
        write(0, "abc");
        try (OpenFiles.Lease lease = files.acquire(path(0))) {
            lease.force();
        }
        simulated.setHook((operation, path) -> assertThat(operation).isNotEqualTo(Operation.FORCE));
        for (int number = 1; number <= OPEN_MAX; number++) {
            touch(number);
        }
        assertThat(disk.openFiles()).isEqualTo(OPEN_MAX);
    }

    @Test
    void writeAfterAForceMakesTheFileDirtyAgain() throws IOException {
        write(0, "abc");
        try (OpenFiles.Lease lease = files.acquire(path(0))) {
            lease.force();
        }
        write(0, "abcdef");
        for (int number = 1; number <= OPEN_MAX; number++) {
            touch(number);
        }
        simulated.forceDirectory(DIRECTORY);
        assertThat(simulated.durableContent(path(0)))
                .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(6));
    }

    private void failForces() {
        simulated.setHook((operation, path) -> {
            if (operation == Operation.FORCE) {
                throw new IOException("Input/output error");
            }
        });
    }

    private void assertFailureIsRemembered() {
        simulated.setHook((operation, path) -> {});
        assertThatIOException()
                .isThrownBy(files::requireNoFailedForce)
                .withMessageContaining("an earlier force failed")
                .withRootCauseInstanceOf(IOException.class);
    }

    @Test
    void failedForceIsRememberedForEver() throws IOException {
        write(0, "abc");
        assertThatCode(files::requireNoFailedForce).doesNotThrowAnyException();
        failForces();
        try (OpenFiles.Lease lease = files.acquire(path(0))) {
            assertThatIOException().isThrownBy(lease::force);
        }
        assertFailureIsRemembered();
    }

    @Test
    void forceThatFailsWhenAFileIsClosedIsRememberedToo() throws IOException {
        write(0, "abc");
        failForces();
        assertThatIOException().isThrownBy(() -> {
            for (int number = 1; number <= OPEN_MAX; number++) {
                touch(number);
            }
        });
        assertFailureIsRemembered();
    }

    @Test
    void forgottenFileIsClosedAndAnotherOfItsNameIsAnother() throws IOException {
        write(0, "old");
        files.forget(path(0));
        assertThat(disk.openFiles()).isZero();
        simulated.delete(path(0));
        write(0, "newer");
        try (OpenFiles.Lease lease = files.acquire(path(0))) {
            assertThat(lease.file().size()).isEqualTo(5);
        }
        files.forget(path(7));
    }

    @Test
    void forgottenFileStaysOpenForThoseWhoUseIt() throws IOException {
        write(0, "old");
        OpenFiles.Lease reader = files.acquire(path(0));
        files.forget(path(0));
        simulated.delete(path(0));
        assertThat(reader.file().readFully(ByteBuffer.allocate(3), 0)).isEqualTo(3);
        assertThat(disk.openFiles()).isEqualTo(1);
        reader.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void closeClosesEverything() throws IOException {
        write(0, "a");
        write(1, "b");
        files.close();
        files.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void anyUseKeepsTheBoundAndEveryByte() {
        Seeds.forEach(50, random -> {
            SimulatedDisk some = new SimulatedDisk();
            some.createDirectories(DIRECTORY);
            WatchedDisk watched = new WatchedDisk(some);
            OpenFiles any = new OpenFiles(watched, 4);
            for (int step = 0; step < 300; step++) {
                Path file = path(random.nextInt(12));
                if (random.nextInt(10) == 0) {
                    any.forget(file);
                    some.delete(file);
                }
                try (OpenFiles.Lease lease = any.acquireOrCreate(file)) {
                    lease.markDirty();
                    lease.file()
                            .writeFully(
                                    ByteBuffer.wrap(new byte[] {1, 2, 3}),
                                    lease.file().size());
                }
                assertThat(any.count()).isLessThanOrEqualTo(4);
                assertThat(watched.openFiles()).isEqualTo(any.count());
            }
            some.forceDirectory(DIRECTORY);
            long closedAndForced = some.files().stream()
                    .filter(file -> some.durableContent(file).orElseThrow().length == some.content(file).length)
                    .count();
            assertThat(closedAndForced).isGreaterThanOrEqualTo(some.files().size() - 4);
        });
    }
}
