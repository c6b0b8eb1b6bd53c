package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {

    private static final int SOUND = 0;
    private static final int DATA_DIRECTORY_UNUSABLE = 4;
    private static final int CORRUPT_DATA = 6;

    @TempDir
    private Path root;

    private BrokerFixture fixture;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @BeforeEach
    void fill() throws IOException {
        fixture = new BrokerFixture(root);
        fixture.start();
        fixture.create("orders", 1);
        for (int i = 0; i < 200; i++) {
            fixture.publish("orders", "message " + i + " " + "x".repeat(1000));
        }
        fixture.close();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private int inspect(Path directory) throws IOException {
        return Inspection.run(
                directory.toString(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static void damage(Path file, String where) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int at = new String(content, StandardCharsets.ISO_8859_1).indexOf(where);
        content[at] ^= 1;
        Files.write(file, content);
    }

    @Test
    void soundDirectoryIsSaidToBeSoundAndLeftAsItWas() throws IOException {
        Map<Path, byte[]> before = contents();

        assertThat(inspect(root)).isEqualTo(SOUND);

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("test-node", "orders-1/0", "all sound");
        assertThat(contents()).usingRecursiveComparison().isEqualTo(before);
    }

    private Map<Path, byte[]> contents() throws IOException {
        Map<Path, byte[]> contents = new HashMap<>();
        for (Path file : files("")) {
            if (Files.isRegularFile(file)) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void damagedSegmentIsNamedWithItsPlace() throws IOException {
        Path first = files(".log").get(0);
        damage(first, "message 3 ");

        assertThat(inspect(root)).isEqualTo(CORRUPT_DATA);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("DAMAGED " + first.getFileName() + "@", "batch records CRC", "1 DAMAGED");
    }

    @Test
    void damagedTailIsToldApart() throws IOException {
        List<Path> logs = files(".log");
        Path last = logs.get(logs.size() - 1);
        Files.write(last, "torn".getBytes(StandardCharsets.UTF_8), java.nio.file.StandardOpenOption.APPEND);

        assertThat(inspect(root)).isEqualTo(SOUND);

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("tail " + last.getFileName());
    }

    @Test
    void damagedJournalBlockIsNamedWithItsPlace() throws IOException {
        fixture.start();
        for (int i = 0; i < 3; i++) {
            fixture.publish("orders", "journaled " + i);
        }
        Path journal = files(".journal").stream()
                .filter(file -> contains(file, "journaled 1"))
                .findFirst()
                .orElseThrow();
        damage(journal, "journaled 1");

        assertThat(inspect(root)).isEqualTo(CORRUPT_DATA);

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("DAMAGED @", "no intact block, but one at");
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void directoryThatIsNoneIsRefused() throws IOException {
        assertThat(inspect(root.resolve("journal"))).isEqualTo(DATA_DIRECTORY_UNUSABLE);
        assertThat(errors.toString(StandardCharsets.UTF_8)).startsWith("mq: ").contains("node.properties");
    }
}
