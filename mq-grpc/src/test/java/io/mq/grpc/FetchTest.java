package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.FetchRequest;
import io.mq.proto.FetchResponse;
import io.mq.proto.Message;
import io.mq.proto.PeekRequest;
import io.mq.proto.PeekResponse;
import io.mq.proto.PublishBatchRequest;
import io.mq.proto.RecordBatch;
import io.mq.proto.Records;
import io.mq.proto.StartPosition;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reading without a subscription: Fetch and Peek. */
class FetchTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @BeforeEach
    void createTopic() {
        server.createTopic("t", 1);
    }

    private void publish(RecordBatch batch) {
        var unused = server.queue()
                .publishBatch(PublishBatchRequest.newBuilder()
                        .setTopic("t")
                        .setBatch(batch)
                        .build());
    }

    private static FetchRequest.Builder from(long offset) {
        return FetchRequest.newBuilder().setTopic("t").setOffset(offset);
    }

    @Test
    void storedBatchesComeAsTheyAre() throws Exception {
        RecordBatch sent = ProducedBatches.compressed("a", "b");
        publish(sent);
        publish(ProducedBatches.of("c"));
        FetchResponse answer = server.queue().fetch(from(1).build());
        assertThat(answer.getStartOffset()).isZero();
        assertThat(answer.getEndOffset()).isEqualTo(3);
        assertThat(answer.getBatchesCount()).isEqualTo(2);
        assertThat(answer.getBatches(0).getRecords()).isEqualTo(sent.getRecords());
        assertThat(answer.getBatches(1).getBaseOffset()).isEqualTo(2);
        assertThat(Records.parseFrom(answer.getBatches(1).getRecords())
                        .getRecords(0)
                        .getPayload()
                        .toStringUtf8())
                .isEqualTo("c");
    }

    @Test
    void answerStaysBelowItsBoundExceptForOneBatch() {
        for (int i = 0; i < 5; i++) {
            publish(ProducedBatches.of("x".repeat(1000)));
        }
        assertThat(server.queue().fetch(from(0).setBytesMax(2500).build()).getBatchesCount())
                .isEqualTo(2);
        assertThat(server.queue().fetch(from(0).setBytesMax(1).build()).getBatchesCount())
                .isEqualTo(1);
    }

    @Test
    void waitingFetchIsAnsweredWhenSomethingComes() throws Exception {
        Future<FetchResponse> waiting = server.futures()
                .fetch(from(0).setWait(Duration.newBuilder().setSeconds(20)).build());
        publish(ProducedBatches.of("a"));
        assertThat(waiting.get().getBatchesCount()).isEqualTo(1);
        assertThat(server.queue()
                        .fetch(from(1).setWait(Duration.newBuilder().setNanos(50_000_000))
                                .build())
                        .getBatchesCount())
                .isZero();
    }

    @Test
    void badFetchesAreRefused() {
        assertThatCall(() -> server.queue().fetch(from(7).build()))
                .hasCode(Code.OUT_OF_RANGE)
                .hasReason(Reason.OFFSET_OUT_OF_RANGE)
                .hasMetadata("end", "0");
        assertThatCall(() -> server.queue().fetch(from(0).setBytesMax(-1).build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("bytes_max");
        assertThatCall(() ->
                        server.queue().fetch(from(0).setBytesMax((1 << 20) + 1).build()))
                .names("bytes_max");
        assertThatCall(() -> server.queue()
                        .fetch(from(0).setWait(Duration.newBuilder().setSeconds(31))
                                .build()))
                .names("wait");
        assertThatCall(() -> server.queue().fetch(from(0).setPartition(1).build()))
                .hasReason(Reason.PARTITION_NOT_FOUND);
        assertThatCall(() -> server.queue().fetch(from(0).setTopic("nope").build()))
                .hasReason(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void peekShowsMessages() {
        for (int i = 0; i < 30; i++) {
            publish(ProducedBatches.compressed("m" + i));
        }
        PeekResponse first =
                server.queue().peek(PeekRequest.newBuilder().setTopic("t").build());
        assertThat(first.getMessagesList())
                .extracting(Message::getOffset)
                .hasSize(10)
                .startsWith(0L, 1L);
        assertThat(first.getEndOffset()).isEqualTo(30);
        PeekResponse later = server.queue()
                .peek(PeekRequest.newBuilder()
                        .setTopic("t")
                        .setFrom(StartPosition.newBuilder().setOffset(28))
                        .setMessagesMax(1000)
                        .build());
        assertThat(later.getMessagesList()).extracting(Requests::text).containsExactly("m28", "m29");
        assertThat(later.getMessages(0).getMessageId()).isNotEmpty();
        assertThatCall(() -> server.queue()
                        .peek(PeekRequest.newBuilder()
                                .setTopic("t")
                                .setMessagesMax(1001)
                                .build()))
                .names("messages_max");
    }
}
