package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.Message;
import io.mq.proto.SubscribeRequest;
import io.mq.proto.TopicConfig;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small file system of its own, which only root can mount. */
class DiskFullIT {

    private static final int DISK_FULL = 8;
    private static final ByteString PAYLOAD = ByteString.copyFrom(new byte[64 << 10]);

    @TempDir
    private Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", disk.toString()) == 0,
                "only root may mount a file system");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** The application server unpacks itself elsewhere: only data shall fill this disk. */
    private ServerOptions options(String freeBytesMin) throws IOException {
        Path data = disk.resolve("data");
        Path runtime = Files.createDirectories(directory.resolve("runtime"));
        Files.createDirectories(data);
        if (!Files.exists(data.resolve("runtime"))) {
            Files.createSymbolicLink(data.resolve("runtime"), runtime);
        }
        return ServerOptions.in(directory)
                .withArguments("--addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--data-dir", data.toString())
                .with("mq.storage.free-bytes-min", freeBytesMin)
                .with("mq.storage.segment-bytes", "4MiB")
                .with("mq.journal.file-bytes", "4MiB")
                .with("mq.limits.message-bytes-max", "1MiB")
                .with("mq.retention.interval", "200ms")
                .with("mq.checkpoint.interval", "500ms");
    }

    @Test
    void producersAreStoppedInTimeConsumersGoOnAndRetentionMakesRoomAgain() throws Exception {
        try (ServerProcess server = ServerProcess.start(options("40MiB"));
                TestClient client = new TestClient(server.grpcAddress())) {
            client.createTopic("t", 1);
            long stored = publishUntilRefused(client);

            assertThat(read(client, stored)).isEqualTo(stored);
            assertThat(client.calls()
                            .commitOffset(CommitOffsetRequest.newBuilder()
                                    .setTopic("t")
                                    .setConsumerGroup("g")
                                    .setOffset(stored)
                                    .build())
                            .getCommittedOffset())
                    .isEqualTo(stored);

            client.calls()
                    .alterTopic(AlterTopicRequest.newBuilder()
                            .setName("t")
                            .setConfig(TopicConfig.newBuilder().setRetentionBytes(8 << 20))
                            .build());
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(client.publish("t", PAYLOAD).getOffset()).isEqualTo(stored));
        }
    }

    @Test
    void aDiskThatIsFullToTheLastByteLosesNothingAcknowledged() throws Exception {
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[60 << 20]);
        long stored;
        try (ServerProcess server = ServerProcess.start(options("0"));
                TestClient client = new TestClient(server.grpcAddress())) {
            client.createTopic("t", 1);
            stored = publishUntilRefused(client);
            server.kill();
        }
        ServerProcess full = ServerProcess.launch(options("0"));
        int status = full.awaitExit(Duration.ofSeconds(60)).orElse(0);
        full.close();
        assertThat(status).isIn(0, DISK_FULL);

        Files.delete(ballast);
        try (ServerProcess server = ServerProcess.start(options("0"));
                TestClient client = new TestClient(server.grpcAddress())) {
            assertThat(read(client, stored)).isEqualTo(stored);
            assertThat(client.publish("t", PAYLOAD).getOffset()).isGreaterThanOrEqualTo(stored);
        }
    }

    /** Answers how many messages were acknowledged. */
    private static long publishUntilRefused(TestClient client) {
        for (long acknowledged = 0; ; acknowledged++) {
            try {
                client.publish("t", PAYLOAD);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                return acknowledged;
            }
        }
    }

    private static long read(TestClient client, long count) {
        Iterator<Message> messages = client.calls()
                .subscribe(SubscribeRequest.newBuilder().setTopic("t").build());
        long read = 0;
        while (read < count && messages.next().getPayload().equals(PAYLOAD)) {
            read++;
        }
        return read;
    }
}
