package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.FetchOffsetsRequest;
import io.mq.proto.GroupPartition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a group commits is the next offset that it reads. */
class OffsetsTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @BeforeEach
    void publishThree() {
        server.createTopic("t", 1);
        server.publish("t", "m0");
        server.publish("t", "m1");
        server.publish("t", "m2");
    }

    private long commit(long offset) {
        return server.queue().commitOffset(Requests.commit("t", "g", 0, offset)).getCommittedOffset();
    }

    private List<GroupPartition> fetch(String topic, String group) {
        return server.queue()
                .fetchOffsets(FetchOffsetsRequest.newBuilder()
                        .setTopic(topic)
                        .setConsumerGroup(group)
                        .build())
                .getPartitionsList();
    }

    @Test
    void committedOffsetIsTheNextOneToBeRead() {
        commit(2);

        assertThat(server.subscribe(Requests.member("t", "g", "c"))
                        .await(1)
                        .get(0)
                        .getOffset())
                .isEqualTo(2);
    }

    @Test
    void committedEndMeansThatOnlyNewMessagesAreRead() {
        commit(3);
        Tail tail = server.subscribe(Requests.member("t", "g", "c"));
        server.publish("t", "m3");

        assertThat(tail.awaitTexts(1)).containsExactly("m3");
    }

    @Test
    void commitNeverGoesBackwards() {
        assertThat(commit(2)).isEqualTo(2);
        assertThat(commit(1)).isEqualTo(2);
        assertThat(commit(0)).isEqualTo(2);
        assertThat(fetch("t", "g").get(0).getCommittedOffset()).isEqualTo(2);
    }

    @Test
    void commitBehindTheCommittedOffsetLeavesItsMetadataAlone() {
        var unused = server.queue()
                .commitOffset(Requests.commit("t", "g", 0, 2).toBuilder()
                        .setMetadata("two")
                        .build());
        unused = server.queue()
                .commitOffset(Requests.commit("t", "g", 0, 1).toBuilder()
                        .setMetadata("one")
                        .build());

        assertThat(fetch("t", "g").get(0).getMetadata()).isEqualTo("two");
    }

    @ParameterizedTest
    @ValueSource(longs = {4, -1, Long.MAX_VALUE, Long.MIN_VALUE})
    void commitOutsideThePartitionIsOutOfRangeWithBothEnds(long offset) {
        assertThatCall(() -> commit(offset))
                .hasCode(Code.OUT_OF_RANGE)
                .hasReason(Reason.OFFSET_OUT_OF_RANGE)
                .hasMetadata("start", "0")
                .hasMetadata("end", "3")
                .doesNotAdviseToRetry();
    }

    @Test
    void commitOfAnUnknownPartitionIsNotFound() {
        assertThatCall(() -> server.queue().commitOffset(Requests.commit("t", "g", 1, 0)))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.PARTITION_NOT_FOUND);
    }

    @Test
    void metadataComesBackInAnyScriptUpToTheLimit() {
        String metadata = "größe 鍵 😀 " + "x".repeat(4096 - 11);
        var unused = server.queue()
                .commitOffset(Requests.commit("t", "g", 0, 1).toBuilder()
                        .setMetadata(metadata)
                        .build());

        assertThat(metadata).hasSize(4096);
        assertThat(fetch("t", "g").get(0).getMetadata()).isEqualTo(metadata);
    }

    @Test
    void fetchedOffsetsTellEverythingAboutEachPartition() {
        server.createTopic("two", 2);
        server.queue().publish(Requests.message("two", "x").setPartition(1).build());
        Instant before = Instant.now().minusMillis(1);
        var unused = server.queue()
                .commitOffset(CommitOffsetRequest.newBuilder()
                        .setTopic("two")
                        .setConsumerGroup("g")
                        .setPartition(1)
                        .setOffset(1)
                        .setMetadata("note")
                        .build());

        List<GroupPartition> partitions = fetch("two", "g");

        assertThat(partitions).hasSize(2);
        assertThat(partitions.get(0))
                .isEqualTo(GroupPartition.newBuilder().setTopic("two").build());
        GroupPartition committed = partitions.get(1);
        assertThat(committed.getPartition()).isEqualTo(1);
        assertThat(committed.getCommittedOffset()).isEqualTo(1);
        assertThat(committed.getMetadata()).isEqualTo("note");
        assertThat(committed.getEndOffset()).isEqualTo(1);
        assertThat(committed.getLag()).isZero();
        assertThat(committed.hasPosition()).isFalse();
        assertThat(Instant.ofEpochSecond(
                        committed.getCommittedAt().getSeconds(),
                        committed.getCommittedAt().getNanos()))
                .isBetween(before, Instant.now());
    }

    @Test
    void committedOffsetsAreThereAfterARestart() throws Exception {
        commit(2);

        server.stop();
        server.start();

        assertThat(fetch("t", "g").get(0).getCommittedOffset()).isEqualTo(2);
    }

    @Test
    void fetchingOffsetsOfAnUnknownGroupOrTopicIsNotFound() {
        assertThatCall(() -> fetch("t", "missing"))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.GROUP_NOT_FOUND)
                .hasMetadata("consumer_group", "missing");
        assertThatCall(() -> fetch("missing", "g")).hasCode(Code.NOT_FOUND).hasReason(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void groupsDoNotSeeEachOthersOffsets() {
        commit(3);

        assertThat(server.subscribe(Requests.member("t", "other", "c"))
                        .await(1)
                        .get(0)
                        .getOffset())
                .isZero();
        assertThatCall(() -> fetch("t", "third")).hasReason(Reason.GROUP_NOT_FOUND);
    }

    @Test
    void offsetsOfADeletedTopicAreGoneWithIt() {
        commit(2);
        var unused = server.queue()
                .deleteTopic(
                        io.mq.proto.DeleteTopicRequest.newBuilder().setName("t").build());
        server.createTopic("t", 1);

        assertThatCall(() -> fetch("t", "g")).hasReason(Reason.GROUP_NOT_FOUND);
    }
}
