package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.DeleteConsumerGroupRequest;
import io.mq.proto.DescribeConsumerGroupResponse;
import io.mq.proto.GroupMember;
import io.mq.proto.GroupPartition;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConsumerGroupsTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private DescribeConsumerGroupResponse describe(String group) {
        return server.queue().describeConsumerGroup(Requests.describeGroup(group));
    }

    private void delete(String group) {
        var unused = server.queue()
                .deleteConsumerGroup(DeleteConsumerGroupRequest.newBuilder()
                        .setConsumerGroup(group)
                        .build());
    }

    @Test
    void descriptionOfALiveGroupTellsMembersPartitionsPositionsAndLag() {
        server.createTopic("t", 2);
        Instant before = Instant.now().minusMillis(1);
        for (int i = 0; i < 3; i++) {
            server.queue().publish(Requests.message("t", "x").setPartition(1).build());
        }
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 1, 1));
        Tail tail = server.subscribe(Requests.member("t", "g", "c"));
        tail.await(2);
        await().untilAsserted(() ->
                assertThat(describe("g").getPartitions(1).getPosition()).isEqualTo(3));

        DescribeConsumerGroupResponse group = describe("g");

        assertThat(group.getConsumerGroup()).isEqualTo("g");
        assertThat(group.getLag()).isEqualTo(2);
        assertThat(group.getMembersCount()).isEqualTo(1);
        GroupMember member = group.getMembers(0);
        assertThat(member.getConsumerId()).isEqualTo("c");
        assertThat(member.getTopic()).isEqualTo("t");
        assertThat(member.getClient()).matches("127\\.0\\.0\\.1:\\d+");
        assertThat(member.getPartitionsList()).containsExactly(0, 1);
        assertThat(Instant.ofEpochSecond(
                        member.getJoinedAt().getSeconds(), member.getJoinedAt().getNanos()))
                .isBetween(before, Instant.now());
        GroupPartition first = group.getPartitions(0);
        assertThat(first.hasCommittedOffset()).isFalse();
        assertThat(first.getConsumerId()).isEqualTo("c");
        assertThat(first.getPosition()).isZero();
        assertThat(first.getLag()).isZero();
        GroupPartition second = group.getPartitions(1);
        assertThat(second.getCommittedOffset()).isEqualTo(1);
        assertThat(second.getEndOffset()).isEqualTo(3);
        assertThat(second.getLag()).isEqualTo(2);
        assertThat(second.getConsumerId()).isEqualTo("c");
    }

    @Test
    void groupWithoutMembersIsDescribedByWhatItHasCommitted() {
        server.createTopic("a", 1);
        server.createTopic("b", 1);
        server.publish("a", "x");
        server.publish("b", "x");
        var unused = server.queue().commitOffset(Requests.commit("a", "g", 0, 1));
        unused = server.queue().commitOffset(Requests.commit("b", "g", 0, 0));

        DescribeConsumerGroupResponse group = describe("g");

        assertThat(group.getMembersList()).isEmpty();
        assertThat(group.getLag()).isEqualTo(1);
        assertThat(group.getPartitionsList())
                .extracting(GroupPartition::getTopic)
                .containsExactly("a", "b");
        assertThat(group.getPartitionsList()).allSatisfy(partition -> {
            assertThat(partition.getConsumerId()).isEmpty();
            assertThat(partition.hasPosition()).isFalse();
        });
    }

    @Test
    void memberThatReadsAnotherTopicIsDescribedToo() {
        server.createTopic("a", 1);
        server.createTopic("b", 1);
        server.subscribe(Requests.member("a", "g", "c"));
        server.subscribe(Requests.member("b", "g", "c"));

        await().untilAsserted(() -> assertThat(describe("g").getMembersList())
                .extracting(GroupMember::getTopic)
                .containsExactlyInAnyOrder("a", "b"));
    }

    @Test
    void groupThatNeverCommittedIsGoneWithItsLastMember() {
        server.createTopic("t", 1);
        Tail tail = server.subscribe(Requests.member("t", "g", "c"));
        await().until(() -> server.broker().status().subscriptions() == 1);

        tail.cancel();

        await().untilAsserted(() -> assertThatCall(() -> describe("g"))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.GROUP_NOT_FOUND)
                .hasMetadata("consumer_group", "g"));
    }

    @Test
    void groupWithMembersCannotBeDeleted() {
        server.createTopic("t", 1);
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 0));
        server.subscribe(Requests.member("t", "g", "c"));
        await().until(() -> server.broker().status().subscriptions() == 1);

        assertThatCall(() -> delete("g"))
                .hasCode(Code.FAILED_PRECONDITION)
                .hasReason(Reason.GROUP_HAS_MEMBERS)
                .hasMetadata("consumer_group", "g");
        assertThat(describe("g").getPartitions(0).hasCommittedOffset()).isTrue();
    }

    @Test
    void deletedGroupStartsFromTheBeginningAgain() {
        server.createTopic("t", 1);
        server.publish("t", "m0");
        server.publish("t", "m1");
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 2));

        delete("g");

        assertThatCall(() -> describe("g")).hasReason(Reason.GROUP_NOT_FOUND);
        assertThat(server.subscribe(Requests.member("t", "g", "c")).awaitTexts(2))
                .containsExactly("m0", "m1");
    }

    @Test
    void unknownGroupCannotBeDeleted() {
        assertThatCall(() -> delete("missing")).hasCode(Code.NOT_FOUND).hasReason(Reason.GROUP_NOT_FOUND);
    }
}
