package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.Message;
import io.mq.proto.SeekRequest;
import io.mq.proto.SeekResponse;
import io.mq.proto.SoughtPartition;
import io.mq.proto.StartPosition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A group is moved while its consumers are connected. */
class SeekTest {

    private static final StartPosition EARLIEST =
            StartPosition.newBuilder().setEarliest(true).build();

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @BeforeEach
    void publishThree() {
        server.createTopic("t", 1);
        server.publish("t", "m0");
        server.publish("t", "m1");
        server.publish("t", "m2");
    }

    private static StartPosition offset(long offset) {
        return StartPosition.newBuilder().setOffset(offset).build();
    }

    private static SeekRequest.Builder request(StartPosition to) {
        return SeekRequest.newBuilder().setTopic("t").setConsumerGroup("g").setTo(to);
    }

    private SeekResponse seek(SeekRequest.Builder request) {
        return server.queue().seek(request.build());
    }

    private static SoughtPartition sought(long before, long offset) {
        return SoughtPartition.newBuilder()
                .setOffsetBefore(before)
                .setOffset(offset)
                .build();
    }

    private void commit(long offset) {
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, offset));
    }

    @Test
    void openSubscriptionReplaysFromTheNewOffset() {
        Tail tail = server.subscribe(Requests.member("t", "g", "c"));
        tail.await(3);
        commit(3);

        assertThat(seek(request(offset(1))).getPartitionsList()).containsExactly(sought(3, 1));

        assertThat(tail.awaitTexts(5)).containsExactly("m0", "m1", "m2", "m1", "m2");
        assertThat(tail.await(5)).last().extracting(Message::getDeliveryAttempt).isEqualTo(2);
        server.publish("t", "m3");
        assertThat(tail.awaitTexts(6)).last().isEqualTo("m3");
        commit(4);
    }

    /** The messages are so large that no more than one of them is under way. */
    @Test
    void lateCommitOfWhatWasSentBeforeIsAborted() {
        server.createTopic("large", 1);
        for (int i = 0; i < 3; i++) {
            var unused = server.queue()
                    .publish(Requests.message("large", new byte[1 << 20]).build());
        }
        Tail tail = Tail.notReading(server.calls(), Requests.member("large", "g", "c"));
        tail.take(3);
        tail.await(3);
        seek(request(EARLIEST).setTopic("large"));
        tail.take(1);
        tail.await(4);

        assertThatCall(() -> server.queue().commitOffset(Requests.commit("large", "g", 0, 3)))
                .hasCode(Code.ABORTED)
                .hasReason(Reason.COMMIT_FENCED)
                .hasMetadata("consumer_group", "g");
    }

    @Test
    void dryRunTellsWhatWouldBeDone() {
        commit(2);

        assertThat(seek(request(EARLIEST).setDryRun(true)).getPartitionsList()).containsExactly(sought(2, 0));
        assertThat(seek(request(EARLIEST).setDryRun(true)).getPartitionsList()).containsExactly(sought(2, 0));
    }

    @Test
    void timeBeforeAllMessagesIsTheBeginningAndOneAfterThemTheEnd() {
        commit(2);
        StartPosition longAgo = StartPosition.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(0))
                .build();
        StartPosition farAway = StartPosition.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(32_503_680_000L))
                .build();

        assertThat(seek(request(longAgo)).getPartitionsList()).containsExactly(sought(2, 0));
        assertThat(seek(request(farAway)).getPartitionsList()).containsExactly(sought(0, 3));
    }

    @Test
    void offsetThatIsNotThereIsOutOfRangeWithBothEnds() {
        assertThatCall(() -> seek(request(offset(4))))
                .hasCode(Code.OUT_OF_RANGE)
                .hasReason(Reason.OFFSET_OUT_OF_RANGE)
                .hasMetadata("start", "0")
                .hasMetadata("end", "3");
    }

    @Test
    void seekToNowhereInParticularIsRefused() {
        assertThatCall(() -> seek(request(StartPosition.getDefaultInstance())))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .hasMetadata("field", "to");
    }

    @Test
    void seekInAnUnknownTopicOrPartitionIsNotFound() {
        assertThatCall(() -> seek(request(EARLIEST).setTopic("missing")))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.TOPIC_NOT_FOUND);
        assertThatCall(() -> seek(request(EARLIEST).setPartition(1)))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.PARTITION_NOT_FOUND);
    }

    @Test
    void groupThatWasForgottenAfterASeekBeginsAnew() {
        commit(3);
        seek(request(EARLIEST));
        var unused = server.queue()
                .deleteConsumerGroup(io.mq.proto.DeleteConsumerGroupRequest.newBuilder()
                        .setConsumerGroup("g")
                        .build());

        commit(3);
    }
}
