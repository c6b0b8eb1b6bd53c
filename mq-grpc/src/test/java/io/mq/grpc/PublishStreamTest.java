package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.Durability;
import io.mq.proto.FrameResult;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.RecordBatch;
import io.mq.proto.TopicConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PublishStreamTest {

    private static final long PRODUCER = 0xFEDC_BA98_7654_3210L;

    private static final int SMALL_WINDOW_BYTES = 64 << 10;

    /** With the five bytes that gRPC puts before it. */
    private static final int RESULT_BYTES_MIN = 22;

    private static final int RESULTS_UNREAD_MAX =
            (SMALL_WINDOW_BYTES + PublishStream.READY_BYTES) / RESULT_BYTES_MIN + FrameShares.MAX;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @BeforeEach
    void createTopic() {
        server.createTopic("t", 2);
    }

    private Frames open() {
        return Frames.open(server.calls());
    }

    private List<String> stored(int partition, int count) {
        return server.subscribe(
                        Requests.reader("t").toBuilder().setPartition(partition).build())
                .awaitTexts(count);
    }

    @Test
    void framesAreStoredInOrderAndAnsweredWithTheirOffsets() throws Exception {
        Frames frames = open();
        PublishStreamReady ready = frames.init("t", 0);
        assertThat(ready.getPartitions()).isEqualTo(2);
        assertThat(ready.getProducerEpoch()).isZero();
        assertThat(ready.getWindowBytes()).isPositive();
        assertThat(ready.getBatchBytesMax()).isGreaterThanOrEqualTo(1 << 20);

        frames.send(1, ProducedBatches.of("a", "b"));
        frames.send(1, ProducedBatches.of("c"));
        frames.send(0, ProducedBatches.of("d"));

        assertWritten(frames.nextResult(), 1, 1, 0);
        assertWritten(frames.nextResult(), 2, 1, 2);
        assertWritten(frames.nextResult(), 3, 0, 0);
        assertThat(stored(1, 3)).containsExactly("a", "b", "c");
        frames.complete();
        frames.awaitEnd();
    }

    private static void assertWritten(FrameResult result, long frame, int partition, long offset) {
        assertThat(result.getFrameId()).isEqualTo(frame);
        assertThat(result.getPartition()).isEqualTo(partition);
        assertThat(result.hasWritten()).as("whether %s was written", result).isTrue();
        assertThat(result.getWritten().getBaseOffset()).isEqualTo(offset);
        assertThat(result.getWritten().getDurability()).isEqualTo(Durability.FSYNCED);
    }

    @Test
    void endOfTheClientsSideComesAfterAllResults() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        for (int i = 0; i < 100; i++) {
            frames.send(0, ProducedBatches.of("m" + i));
        }
        frames.complete();
        frames.awaitEnd();
        for (int i = 0; i < 100; i++) {
            assertThat(frames.nextResult().hasWritten()).isTrue();
        }
    }

    @Test
    void batchSentAgainIsADuplicateWithItsFirstOffset() throws Exception {
        Frames frames = open();
        int epoch = frames.init("t", PRODUCER).getProducerEpoch();
        frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 0, "a", "b"));
        frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 2, "c"));

        FrameResult again = frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 0, "a", "b"));

        assertThat(again.hasDuplicate()).isTrue();
        assertThat(again.getDuplicate().getBaseOffset()).isZero();
        frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 3, "d"));
        assertThat(stored(0, 4)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void producerGoesOnAfterARestartOfTheServer() throws Exception {
        Frames before = open();
        int epoch = before.init("t", PRODUCER).getProducerEpoch();
        before.publish(1, ProducedBatches.numbered(PRODUCER, epoch, 0, "a", "b"));
        server.stop();
        server.start();

        Frames frames = open();
        PublishStreamReady ready = frames.init("t", PRODUCER);
        assertThat(ready.getProducerEpoch()).isEqualTo(epoch + 1);
        assertThat(ready.getNextSequencesList()).hasSize(1);
        assertThat(ready.getNextSequences(0).getPartition()).isEqualTo(1);
        assertThat(ready.getNextSequences(0).getNextSequence()).isEqualTo(2);
        FrameResult again = frames.publish(1, ProducedBatches.numbered(PRODUCER, epoch + 1, 0, "a", "b"));
        assertThat(again.getDuplicate().getBaseOffset()).isZero();
        assertThat(frames.publish(1, ProducedBatches.numbered(PRODUCER, epoch + 1, 2, "c"))
                        .getWritten()
                        .getBaseOffset())
                .isEqualTo(2);
    }

    @Test
    void newerStreamOfAProducerFencesTheOlder() throws Exception {
        Frames older = open();
        int epoch = older.init("t", PRODUCER).getProducerEpoch();
        open().init("t", PRODUCER);

        FrameResult result = older.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 0, "a"));

        assertThat(result.getFailed().getReason()).isEqualTo(Reason.PRODUCER_FENCED.name());
        assertThat(result.getFailed().getCode()).isEqualTo(Code.ABORTED.value());
        assertThat(result.getFailed().getRetryable()).isFalse();
    }

    @Test
    void gapFailsItsFrameAloneAndMayBeSentAgain() throws Exception {
        Frames frames = open();
        int epoch = frames.init("t", PRODUCER).getProducerEpoch();
        FrameResult gap = frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 1, "b"));
        assertThat(gap.getFailed().getReason()).isEqualTo(Reason.SEQUENCE_GAP.name());
        assertThat(gap.getFailed().getRetryable()).isTrue();
        assertThat(frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 0, "a"))
                        .hasWritten())
                .isTrue();
        assertThat(frames.publish(0, ProducedBatches.numbered(PRODUCER, epoch, 1, "b"))
                        .hasWritten())
                .isTrue();
    }

    @Test
    void badFrameFailsAloneAndStoresNothing() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        RecordBatch good = ProducedBatches.of("a");
        for (RecordBatch bad : List.of(
                good.toBuilder().setCount(2).build(),
                good.toBuilder().setRecordsCrc(1).build(),
                good.toBuilder().setMagic(7).build(),
                good.toBuilder().setUncompressedSize(Integer.MAX_VALUE).build(),
                good.toBuilder().setAttributes(7).build(),
                good.toBuilder().setRecords(ByteString.EMPTY).build(),
                RecordBatch.getDefaultInstance(),
                ProducedBatches.sealed(1, 2, ByteString.copyFromUtf8("a bomb"), Integer.MAX_VALUE)
                        .build(),
                ProducedBatches.sealed(1, 0, ByteString.copyFromUtf8("no records"), 10)
                        .build())) {
            FrameResult result = frames.publish(0, bad);
            assertThat(result.getFailed().getReason()).as("%s", bad).isEqualTo(Reason.INVALID_BATCH.name());
            assertThat(result.getFailed().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
            assertThat(result.getFailed().getMessage()).contains("batch");
        }
        assertThat(frames.publish(7, good).getFailed().getReason()).isEqualTo(Reason.PARTITION_NOT_FOUND.name());
        FrameResult replicated = replicated(frames, good);
        assertThat(replicated.getFailed().getReason()).isEqualTo(Reason.DURABILITY_NOT_AVAILABLE.name());
        assertThat(frames.publish(0, good).getWritten().getBaseOffset()).isZero();
    }

    @Test
    void damagedCompressedFrameFailsAloneWhereTheTopicAsksForValidation() throws Exception {
        Frames frames = open();
        int epoch = frames.init("t", PRODUCER).getProducerEpoch();
        RecordBatch damaged = numbered(ProducedBatches.notCompressed(), epoch, 0);
        RecordBatch good = numbered(ProducedBatches.compressed("a", "b"), epoch, 0);
        // The stream is open by now: what is altered counts from the next frame on.
        var unused = server.queue()
                .alterTopic(AlterTopicRequest.newBuilder()
                        .setName("t")
                        .setConfig(TopicConfig.newBuilder().setValidateCompressed(true))
                        .build());

        FrameResult result = frames.publish(0, damaged);

        assertThat(result.getFailed().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
        assertThat(result.getFailed().getReason()).isEqualTo(Reason.INVALID_BATCH.name());
        assertThat(result.getFailed().getRetryable()).isFalse();
        assertThat(result.getFailed().getMessage()).contains("batch.records cannot be restored from ZSTD", "'t'");
        // Its number in the producer's sequence is free still.
        assertThat(frames.publish(0, good).getWritten().getBaseOffset()).isZero();
        assertThat(stored(0, 2)).containsExactly("a", "b");
    }

    private static RecordBatch numbered(RecordBatch batch, int epoch, int sequence) {
        return batch.toBuilder()
                .setProducerId(PRODUCER)
                .setProducerEpoch(epoch)
                .setBaseSequence(sequence)
                .build();
    }

    private static FrameResult replicated(Frames frames, RecordBatch batch) throws InterruptedException {
        frames.send(PublishStreamRequest.newBuilder()
                .setFrame(PublishFrame.newBuilder().setBatch(batch).setDurability(Durability.REPLICATED))
                .build());
        return frames.nextResult();
    }

    @Test
    void producersBatchOnAStreamWithoutOneIsRefused() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        FrameResult result = frames.publish(0, ProducedBatches.numbered(PRODUCER, 1, 0, "a"));
        assertThat(result.getFailed().getReason()).isEqualTo(Reason.INVALID_FIELD.name());
    }

    private Frames following(long producerId, int epoch) {
        Frames frames = open();
        frames.send(PublishStreamRequest.newBuilder()
                .setInit(PublishStreamInit.newBuilder()
                        .setTopic("t")
                        .setProducerId(producerId)
                        .setAfterEpoch(epoch))
                .build());
        return frames;
    }

    @Test
    void streamFollowsTheOneThatItNamesOrIsRefused() throws Exception {
        assertThat(following(PRODUCER, 0).next().getReady().getProducerEpoch()).isEqualTo(1);
        assertThatEnd(following(PRODUCER, 0).awaitFailure())
                .hasCode(Code.ABORTED)
                .hasReason(Reason.PRODUCER_FENCED)
                .hasMetadata("epoch", "1");
        assertThat(following(PRODUCER, 1).next().getReady().getProducerEpoch()).isEqualTo(2);
        for (Frames nonsense : List.of(following(PRODUCER, -1), following(0, 1))) {
            assertThatEnd(nonsense.awaitFailure())
                    .hasCode(Code.INVALID_ARGUMENT)
                    .hasReason(Reason.INVALID_FIELD)
                    .hasMetadata("field", "after_epoch");
        }
    }

    @Test
    void streamMustBeginWithInitAndHaveOneOnly() throws Exception {
        Frames without = open();
        without.send(0, ProducedBatches.of("a"));
        assertThatEnd(without.awaitFailure()).hasCode(Code.INVALID_ARGUMENT).hasReason(Reason.INVALID_FIELD);

        Frames unknown = open();
        unknown.send(init("nope"));
        assertThatEnd(unknown.awaitFailure()).hasCode(Code.NOT_FOUND).hasReason(Reason.TOPIC_NOT_FOUND);

        Frames twice = open();
        twice.init("t", 0);
        twice.send(init("t"));
        assertThatEnd(twice.awaitFailure()).hasCode(Code.INVALID_ARGUMENT);

        Frames empty = open();
        empty.send(PublishStreamRequest.getDefaultInstance());
        assertThatEnd(empty.awaitFailure()).hasCode(Code.INVALID_ARGUMENT).hasReason(Reason.INVALID_BATCH);
    }

    private static PublishStreamRequest init(String topic) {
        return PublishStreamRequest.newBuilder()
                .setInit(io.mq.proto.PublishStreamInit.newBuilder().setTopic(topic))
                .build();
    }

    @Test
    void topicDeletedUnderAStreamFailsItsFrames() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        var unused = server.queue()
                .deleteTopic(
                        io.mq.proto.DeleteTopicRequest.newBuilder().setName("t").build());
        assertThat(frames.publish(0, ProducedBatches.of("a")).getFailed().getReason())
                .isEqualTo(Reason.TOPIC_NOT_FOUND.name());
    }

    @Test
    void windowKeepsTheServerFromReadingWhatItCannotStore() throws Exception {
        Frames frames = open();
        String payload = "x".repeat(500_000);
        List<RecordBatch> sent = new ArrayList<>();
        frames.init("t", 0);
        server.disk().holdForces();
        for (int i = 0; i < 60; i++) {
            RecordBatch batch = ProducedBatches.of(payload);
            sent.add(batch);
            frames.send(0, batch);
        }
        // 30 MB have been sent and the client's own buffers hold what the server does not take.
        await().until(() -> !frames.call().isReady());
        assertThat(frames.hasResults()).isFalse();
        server.disk().releaseForces();
        for (int i = 0; i < sent.size(); i++) {
            assertThat(frames.nextResult().getWritten().getBaseOffset()).isEqualTo(i);
        }
    }

    @Test
    void windowHoldsNoMoreThanSomeFramesHoweverSmall() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        server.disk().holdForces();
        int count = PublishStream.WINDOW_BYTES / 250;
        for (int i = 0; i < count; i++) {
            frames.send(0, ProducedBatches.of("m"));
        }
        // The window would hold all their bytes, and the client's own buffers would be empty.
        await().during(Duration.ofMillis(500)).until(() -> !frames.call().isReady());
        server.disk().releaseForces();
        for (int i = 0; i < count; i++) {
            assertThat(frames.nextResult().getWritten().getBaseOffset()).isEqualTo(i);
        }
    }

    @Test
    void clientThatDoesNotReadResultsIsNotReadFromEither() throws Exception {
        Frames frames = Frames.openWithoutReading(MessageQueueServiceGrpc.newStub(
                server.newChannel(channel -> channel.flowControlWindow(SMALL_WINDOW_BYTES))));
        frames.init("t", 0);
        for (int i = 0; i < 20_000; i++) {
            frames.send(0, ProducedBatches.of("m"));
        }
        await().until(() -> end() > 0);
        assertThat(settledEnd()).as("frames taken").isLessThan(RESULTS_UNREAD_MAX);
        assertThat(server.publish("t", "others go on").getMessageId()).isNotEmpty();
        frames.call().request(20_000);
        for (int i = 0; i < 20_000; i++) {
            assertThat(frames.nextResult().hasWritten()).isTrue();
        }
    }

    private long settledEnd() {
        long[] ends = {-1, -2};
        await().during(Duration.ofMillis(500)).until(() -> {
            ends[1] = ends[0];
            ends[0] = end();
            return ends[0] == ends[1];
        });
        return ends[0];
    }

    private long end() {
        return server.queue()
                .describeTopic(Requests.describeTopic("t"))
                .getTopic()
                .getPartitions(0)
                .getEndOffset();
    }

    @Test
    void stopOfTheServerAnswersWhatItHasReadAndThenSaysWhy() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        server.disk().holdForces();
        frames.send(0, ProducedBatches.of("a"));
        await().until(server.disk()::isHanging);
        Thread stopping = new Thread(server.server()::close);
        stopping.start();
        server.disk().releaseForces();
        assertThat(frames.nextResult().hasWritten()).isTrue();
        assertThatEnd(frames.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.SHUTTING_DOWN);
        stopping.join();
    }

    @Test
    void stopOfTheServerEndsOpenStreamsAtOnce() throws Exception {
        Frames frames = open();
        frames.init("t", 0);
        frames.publish(0, ProducedBatches.of("a"));
        server.server().close();
        assertThatEnd(frames.awaitFailure())
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.SHUTTING_DOWN)
                .saysWhenToRetry();
    }
}
