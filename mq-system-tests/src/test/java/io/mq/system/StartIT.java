package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a node from starting is one line on the error output, an exit status of its own, and no change on disk. */
class StartIT {

    private static final int BAD_CONFIGURATION = 2;
    private static final int DATA_DIRECTORY_IN_USE = 3;
    private static final int DATA_DIRECTORY_UNUSABLE = 4;
    private static final int NEWER_DATA_FORMAT = 5;
    private static final int CORRUPT_DATA = 6;
    private static final int ADDRESS_UNAVAILABLE = 7;

    @TempDir
    private Path directory;

    private ServerOptions options;

    @BeforeEach
    void setUp() {
        options = ServerOptions.in(directory);
    }

    @Test
    void anUnknownKeyIsNamed() throws Exception {
        assertRefused(
                options.with("mq.limits.mesage-bytes-max", "1MiB"),
                BAD_CONFIGURATION,
                "unknown key mq.limits.mesage-bytes-max");
    }

    @Test
    void aBadValueIsNamedWithWhatWasExpected() throws Exception {
        assertRefused(
                options.with("mq.checkpoint.interval", "soon"),
                BAD_CONFIGURATION,
                "mq.checkpoint.interval=soon is no time span such as 250ms, 10s, 5m, 2h or 7d");
    }

    @Test
    void aMissingConfigurationFileIsNamed() throws Exception {
        assertRefused(options.with("mq.config", "missing.properties"), BAD_CONFIGURATION, "missing.properties");
    }

    @Test
    void aBadValueInTheConfigurationFileIsNamed() throws Exception {
        Files.writeString(directory.resolve("mq.properties"), "mq.limits.topics-max=many\n");

        assertRefused(options.with("mq.config", "mq.properties"), BAD_CONFIGURATION, "mq.limits.topics-max=many");
    }

    @Test
    void aTakenGrpcPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertRefused(
                    options.withArguments("--addr", address, "--http-addr", "127.0.0.1:0", "--data-dir", "data"),
                    ADDRESS_UNAVAILABLE,
                    "cannot listen for gRPC on " + address);
        }
    }

    @Test
    void aTakenHttpPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertRefused(
                    options.withArguments("--addr", "127.0.0.1:0", "--http-addr", address, "--data-dir", "data"),
                    ADDRESS_UNAVAILABLE,
                    "cannot listen for HTTP on " + address);
        }
    }

    @Test
    void aDataDirectoryThatIsAFileIsRefused() throws Exception {
        Files.writeString(options.dataDirectory(), "no directory");

        assertRefused(options, DATA_DIRECTORY_UNUSABLE, "cannot use the data directory");
    }

    @Test
    void aDirectoryWithSomethingElseInItIsRefused() throws Exception {
        Files.createDirectory(options.dataDirectory());
        Files.writeString(options.dataDirectory().resolve("thesis.txt"), "do not touch");

        assertRefused(options, DATA_DIRECTORY_UNUSABLE, "thesis.txt");
    }

    @Test
    void aNewerDataFormatIsRefused() throws Exception {
        Files.createDirectory(options.dataDirectory());
        Files.writeString(options.dataDirectory().resolve("node.properties"), "format=999\nnode-id=n1\n");

        assertRefused(options, NEWER_DATA_FORMAT, "says data format 999");
    }

    @Test
    void aDamagedJournalIsRefusedWithItsPlace() throws Exception {
        try (ServerProcess server = ServerProcess.start(options);
                TestClient client = new TestClient(server.grpcAddress())) {
            client.createTopic("damaged", 1);
            for (int i = 0; i < 10; i++) {
                client.publish("damaged", "message " + i);
            }
            server.kill();
        }
        Path journal = newestJournal();
        byte[] content = Files.readAllBytes(journal);
        int first = indexOf(content, "message 2");
        content[first] ^= 1;
        Files.write(journal, content);

        assertRefused(options, CORRUPT_DATA, journal.getFileName() + "@");
    }

    @Test
    void aSecondServerOnTheSameDataDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
        try (ServerProcess first = ServerProcess.start(options);
                TestClient client = new TestClient(first.grpcAddress())) {
            client.createTopic("mine", 1);
            ServerProcess second = ServerProcess.launch(options);

            assertThat(second.awaitExit(Duration.ofSeconds(60))).contains(DATA_DIRECTORY_IN_USE);
            assertThat(second.errors()).contains("is in use by another mq process");
            assertThat(client.publish("mine", "still here").getOffset()).isZero();
        }
    }

    private void assertRefused(ServerOptions refused, int status, String text) throws Exception {
        Map<String, String> before = tree();
        ServerProcess server = ServerProcess.launch(refused);

        assertThat(server.awaitExit(Duration.ofSeconds(60))).contains(status);
        String lastLine = server.errors().lines().reduce("", (earlier, line) -> line);
        assertThat(lastLine).startsWith("mq: ").contains(text);
        assertThat(tree()).isEqualTo(before);
    }

    /** All files below the directory with what tells a change; the databases and servers below it have files of their own. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.filter(path -> !path.endsWith("server.err"))
                    .filter(path -> !path.toString().contains("/runtime")
                            && !path.toString().contains("/checkpoint"))
                    .filter(Files::isRegularFile)
                    .forEach(path -> files.put(path.toString(), fingerprint(path)));
        }
        return files;
    }

    private static String fingerprint(Path path) {
        try {
            return Files.size(path) + " " + java.util.Arrays.hashCode(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path newestJournal() throws IOException {
        try (Stream<Path> files = Files.list(options.dataDirectory().resolve("journal"))) {
            return files.filter(file -> contains(file, "message 2")).findFirst().orElseThrow();
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return indexOf(Files.readAllBytes(file), text) >= 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int indexOf(byte[] content, String text) {
        return new String(content, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
