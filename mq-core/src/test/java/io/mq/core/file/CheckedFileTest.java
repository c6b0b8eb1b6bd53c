package io.mq.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedFileTest {

    private static final Path FILE = Path.of("/d/file");

    private final SimulatedDisk disk = new SimulatedDisk();

    @BeforeEach
    void createDirectory() {
        disk.createDirectories(FILE.getParent());
    }

    private void write(int numbers) throws IOException {
        CheckedFile.write(disk, FILE, out -> {
            for (int i = 0; i < numbers; i++) {
                out.writeInt(i);
            }
        });
    }

    private int read(int numbers) throws IOException {
        return CheckedFile.read(disk, FILE, in -> {
            int sum = 0;
            for (int i = 0; i < numbers; i++) {
                sum += in.readInt();
            }
            return sum;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    void contentComesBack(int numbers) throws IOException {
        write(numbers);
        assertThat(read(numbers)).isEqualTo((int) ((long) numbers * (numbers - 1) / 2));
    }

    @Test
    void contentIsForced() throws IOException {
        write(10);
        disk.forceDirectory(FILE.getParent());
        assertThat(disk.durableContent(FILE))
                .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(48));
    }

    @Test
    void nothingIsReadBeyondTheContent() throws IOException {
        write(1);
        assertThatIOException().isThrownBy(() -> read(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 17, 319, 320, 383})
    void anyBitThatIsTurnedOverIsNoticed(long bit) throws IOException {
        write(10);
        disk.flipBit(FILE, bit);
        assertThatIOException()
                .isThrownBy(() -> read(10))
                .isInstanceOf(CorruptFileException.class)
                .withMessageContaining("checksum");
    }

    @Test
    void fileThatIsTooShortIsNoticed() throws IOException {
        write(0);
        disk.setContent(FILE, new byte[7]);
        assertThatIOException().isThrownBy(() -> read(0)).isInstanceOf(CorruptFileException.class);
    }

    @Test
    void existingFileIsNotTouched() throws IOException {
        write(1);
        assertThatIOException().isThrownBy(() -> write(2)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(read(1)).isZero();
    }
}
