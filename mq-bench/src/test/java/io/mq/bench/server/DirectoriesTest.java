package io.mq.bench.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

    @TempDir
    private Path temporary;

    @Test
    void aMissingDirectoryIsCreatedWithItsParents() throws IOException {
        Path created = Directories.create(temporary.resolve("a/b"));

        assertThat(created).isDirectory().isAbsolute();
    }

    @Test
    void anExistingOneIsTakenAsItIs() throws IOException {
        Path file = Files.createFile(temporary.resolve("kept"));

        assertThat(Directories.create(temporary)).isEqualTo(temporary);
        assertThat(file).exists();
    }

    @Test
    void aLinkToADirectoryWillDo() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), Files.createDirectory(temporary.resolve("d")));

        assertThat(Directories.create(link)).isEqualTo(link);
    }

    @Test
    void aFileInThePlaceOfADirectoryIsNamed() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatIOException().isThrownBy(() -> Directories.create(file)).withMessage(file + " is a file");
        assertThatIOException()
                .isThrownBy(() -> Directories.create(file.resolve("below")))
                .withMessageContaining(file.toString());
    }
}
