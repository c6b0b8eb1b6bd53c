package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.mq.batch.Compression;
import io.mq.client.Consumer;
import io.mq.client.ConsumerConfig;
import io.mq.client.Message;
import io.mq.client.MqClient;
import io.mq.client.Producer;
import io.mq.client.ProducerConfig;
import io.mq.client.TopicSettings;
import io.mq.proto.PublishBatchRequest;
import io.mq.proto.PublishBatchResponse;
import io.mq.proto.RecordBatch;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic that has compressed batches validated, on the real server with the libraries that it brings. */
class CompressedBatchesIT {

    private static final String TOPIC = "validated";
    private static final TopicSettings VALIDATED =
            new TopicSettings(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.of(true));
    private static final int MAGIC = 0x0142514D;

    @TempDir
    private Path directory;

    private ServerOptions options;
    private ServerProcess server;
    private MqClient client;
    private TestClient calls;

    @BeforeEach
    void start() throws IOException {
        // The port stays, so that the clients find the server again.
        options = ServerOptions.in(directory).onOnePort();
        server = ServerProcess.start(options);
        client = MqClient.forTarget(server.grpcAddress()).build();
        calls = new TestClient(server.grpcAddress());
        client.admin().createTopic(TOPIC, 1, VALIDATED).join();
    }

    @AfterEach
    void stop() {
        calls.close();
        client.close();
        server.close();
    }

    @Test
    void batchesOfTheJavaClientAreTakenWithEveryCodec() {
        List<String> sent = new ArrayList<>();
        for (Compression codec : Compression.values()) {
            try (Producer producer = client.producer(
                    ProducerConfig.builder(TOPIC).compression(codec).build())) {
                for (int i = 0; i < 100; i++) {
                    sent.add(codec + " " + i);
                    var unused = producer.send(Message.of(codec + " " + i));
                }
                producer.flush();
            }
        }
        try (Consumer reader = client.consumer(ConsumerConfig.alone(TOPIC).build())) {
            List<String> read = new ArrayList<>();
            await().until(() -> {
                reader.poll(Duration.ofMillis(200)).forEach(message -> read.add(message.payloadText()));
                return read.size() >= sent.size();
            });
            assertThat(read).isEqualTo(sent);
        }
    }

    @Test
    void batchThatIsNotCompressedAsItSaysIsRefusedAlsoByTheNextLifeOfTheServer() throws Exception {
        assertRefused();
        server.kill();
        server = ServerProcess.start(options);
        assertThat(client.admin().describeTopic(TOPIC).join().settings()).isEqualTo(VALIDATED);
        assertRefused();
    }

    private void assertRefused() {
        for (Compression codec : List.of(Compression.LZ4, Compression.ZSTD)) {
            assertThatThrownBy(() -> publish(notCompressed(codec)))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT))
                    .hasMessageContaining("records cannot be restored from " + codec)
                    .hasMessageContaining(TOPIC);
        }
        assertThat(client.admin().describeTopic(TOPIC).join().messages()).isZero();
    }

    private PublishBatchResponse publish(RecordBatch batch) {
        return calls.calls()
                .publishBatch(PublishBatchRequest.newBuilder()
                        .setTopic(TOPIC)
                        .setBatch(batch)
                        .build());
    }

    private static RecordBatch notCompressed(Compression codec) {
        ByteString region = ByteString.copyFromUtf8("neither a block nor a frame");
        int uncompressedSize = 1000;
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putInt(codec.number())
                .putInt(uncompressedSize)
                .flip());
        crc.update(region.asReadOnlyByteBuffer());
        return RecordBatch.newBuilder()
                .setMagic(MAGIC)
                .setCount(1)
                .setAttributes(codec.number())
                .setUncompressedSize(uncompressedSize)
                .setRecordsCrc((int) crc.getValue())
                .setRecords(region)
                .build();
    }
}
