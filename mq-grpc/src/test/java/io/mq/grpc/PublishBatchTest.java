package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.Durability;
import io.mq.proto.PeekRequest;
import io.mq.proto.PublishBatchRequest;
import io.mq.proto.PublishBatchResponse;
import io.mq.proto.Record;
import io.mq.proto.RecordBatch;
import io.mq.proto.Records;
import io.mq.proto.TopicConfig;
import java.util.HashMap;
import java.util.Map;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PublishBatchTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @BeforeEach
    void createTopic() {
        server.createTopic("t", 2);
    }

    private PublishBatchResponse publish(RecordBatch batch) {
        return server.queue()
                .publishBatch(PublishBatchRequest.newBuilder()
                        .setTopic("t")
                        .setPartition(1)
                        .setBatch(batch)
                        .build());
    }

    @Test
    void batchIsStoredAsAWhole() {
        assertThat(publish(ProducedBatches.of("a", "b")).getBaseOffset()).isZero();
        PublishBatchResponse second = publish(ProducedBatches.of("c"));
        assertThat(second.getBaseOffset()).isEqualTo(2);
        assertThat(second.getPartition()).isEqualTo(1);
        assertThat(second.getDurability()).isEqualTo(Durability.FSYNCED);
        assertThat(second.getTimestamp().getSeconds()).isPositive();
        assertThat(server.subscribe(Requests.reader("t")).awaitTexts(3)).containsExactly("a", "b", "c");
    }

    /** Subscribe inflates what a producer has compressed. */
    @Test
    void compressedBatchesReachSubscribersAsMessages() {
        Records records = Records.newBuilder()
                .addRecords(Record.newBuilder().setPayload(ByteString.copyFromUtf8("a")))
                .addRecords(Record.newBuilder().setPayload(ByteString.copyFromUtf8("b".repeat(1000))))
                .build();
        byte[] plain = records.toByteArray();
        publish(ProducedBatches.sealed(
                        2,
                        1,
                        ByteString.copyFrom(
                                LZ4Factory.safeInstance().fastCompressor().compress(plain)),
                        plain.length)
                .build());
        publish(ProducedBatches.sealed(2, 2, ByteString.copyFrom(Zstd.compress(plain)), plain.length)
                .build());
        assertThat(server.subscribe(Requests.reader("t")).awaitTexts(4))
                .containsExactly("a", "b".repeat(1000), "a", "b".repeat(1000));
    }

    /** Unless the topic asks for it, nobody looks into a compressed batch before a reader does. */
    @Test
    void compressedBatchThatIsNoneDoesNotStopSubscribers() {
        publish(ProducedBatches.of("before"));
        publish(ProducedBatches.notCompressed());
        publish(ProducedBatches.of("behind"));
        assertThat(server.subscribe(Requests.reader("t")).awaitTexts(2)).containsExactly("before", "behind");
        assertThat(server.queue()
                        .peek(PeekRequest.newBuilder()
                                .setTopic("t")
                                .setPartition(1)
                                .build())
                        .getMessagesList())
                .extracting(Requests::text)
                .containsExactly("before", "behind");
    }

    @Test
    void compressedBatchThatIsNoneIsRefusedWhereTheTopicAsksForIt() {
        validateCompressed("t", true);
        assertThatCall(() -> publish(ProducedBatches.notCompressed()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_BATCH)
                .names("batch");
        assertThat(publish(ProducedBatches.compressed("a", "b")).getBaseOffset())
                .isZero();
        validateCompressed("t", false);
        assertThat(publish(ProducedBatches.notCompressed()).getBaseOffset()).isEqualTo(2);
    }

    private void validateCompressed(String topic, boolean validates) {
        var unused = server.queue()
                .alterTopic(AlterTopicRequest.newBuilder()
                        .setName(topic)
                        .setConfig(TopicConfig.newBuilder().setValidateCompressed(validates))
                        .build());
    }

    @Test
    void batchWithoutAPartitionTakesEachInTurn() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            PublishBatchResponse answer = server.queue()
                    .publishBatch(PublishBatchRequest.newBuilder()
                            .setTopic("t")
                            .setBatch(ProducedBatches.of("a"))
                            .build());
            counts.merge(answer.getPartition(), 1, Integer::sum);
        }
        assertThat(counts).containsEntry(0, 5).containsEntry(1, 5);
    }

    @Test
    void producersRetryIsADuplicateAcrossCallsAndStreams() throws Exception {
        Frames frames = Frames.open(server.calls());
        int epoch = frames.init("t", 7).getProducerEpoch();
        frames.publish(1, ProducedBatches.numbered(7, epoch, 0, "a"));
        PublishBatchResponse again = publish(ProducedBatches.numbered(7, epoch, 0, "a"));
        assertThat(again.getDuplicate()).isTrue();
        assertThat(again.getBaseOffset()).isZero();
        assertThat(publish(ProducedBatches.numbered(7, epoch, 1, "b")).getDuplicate())
                .isFalse();
    }

    @Test
    void badRequestsAreRefusedAndStoreNothing() {
        assertThatCall(() -> publish(RecordBatch.getDefaultInstance()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_BATCH)
                .names("batch");
        assertThatCall(() -> server.queue()
                        .publishBatch(
                                PublishBatchRequest.newBuilder().setTopic("t").build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_BATCH);
        assertThatCall(() -> server.queue()
                        .publishBatch(PublishBatchRequest.newBuilder()
                                .setTopic("nope")
                                .setBatch(ProducedBatches.of("a"))
                                .build()))
                .hasCode(Code.NOT_FOUND);
        assertThatCall(() -> publish(ProducedBatches.numbered(99, 1, 0, "a")))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.PRODUCER_NOT_FOUND);
        assertThatCall(() -> server.queue()
                        .publishBatch(PublishBatchRequest.newBuilder()
                                .setTopic("t")
                                .setBatch(ProducedBatches.numbered(99, 1, 0, "a"))
                                .build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("partition");
        assertThat(publish(ProducedBatches.of("a")).getBaseOffset()).isZero();
    }

    @Test
    void messageAboveTheLimitIsRefusedInABatchToo() {
        assertThatCall(() -> publish(ProducedBatches.of("x".repeat((1 << 20) + 2000))))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_BATCH);
        assertThat(publish(ProducedBatches.of("x".repeat(1 << 20))).getBaseOffset())
                .isZero();
    }
}
