package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.GroupMember;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The members of a group share a topic's partitions; each is read by one of them at a time. */
class GroupSharingTest {

    /** The API's promise for a cancelled call. */
    private static final Duration HANDOVER_MAX = Duration.ofSeconds(1);

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    /** Who reads what, by the broker's own account. */
    private Map<String, List<Integer>> owners(String group) {
        Map<String, List<Integer>> owners = new HashMap<>();
        if (server.broker().groups().names().contains(group)) {
            server.queue()
                    .describeConsumerGroup(Requests.describeGroup(group))
                    .getMembersList()
                    .forEach(member -> owners.put(member.getConsumerId(), member.getPartitionsList()));
        }
        return owners;
    }

    private void awaitOwners(String group, Map<String, List<Integer>> expected) {
        await().untilAsserted(() -> assertThat(owners(group)).isEqualTo(expected));
    }

    private void publishTo(int partition, String... payloads) {
        for (String payload : payloads) {
            var unused = server.queue()
                    .publish(Requests.message("t", payload)
                            .setPartition(partition)
                            .build());
        }
    }

    @Test
    void membersShareThePartitionsEvenlyAndTogetherGetEveryMessageOnce() {
        server.createTopic("t", 4);
        Tail a = server.subscribe(Requests.member("t", "g", "a"));
        awaitOwners("g", Map.of("a", List.of(0, 1, 2, 3)));
        Tail b = server.subscribe(Requests.member("t", "g", "b"));
        await().until(() -> owners("g").getOrDefault("a", List.of()).size() == 2
                && owners("g").getOrDefault("b", List.of()).size() == 2);

        for (int i = 0; i < 40; i++) {
            publishTo(i % 4, "m" + i);
        }
        await().until(() -> a.count() + b.count() >= 40);

        Set<String> ids = new HashSet<>();
        a.messages().forEach(message -> ids.add(message.getMessageId()));
        b.messages().forEach(message -> ids.add(message.getMessageId()));
        assertThat(ids).hasSize(40);
        assertThat(a.count()).isEqualTo(20);
        assertThat(b.count()).isEqualTo(20);
        assertThat(a.messages())
                .extracting(Message::getPartition)
                .doesNotContainAnyElementsOf(
                        b.messages().stream().map(Message::getPartition).toList());
    }

    @Test
    void memberBeyondTheNumberOfPartitionsWaitsUntilOneIsFree() {
        server.createTopic("t", 1);
        Tail first = server.subscribe(Requests.member("t", "g", "first"));
        awaitOwners("g", Map.of("first", List.of(0)));
        Tail spare = server.subscribe(Requests.member("t", "g", "spare"));
        awaitOwners("g", Map.of("first", List.of(0), "spare", List.of()));

        first.cancel();

        awaitOwners("g", Map.of("spare", List.of(0)));
        publishTo(0, "for the spare");
        assertThat(spare.awaitTexts(1)).containsExactly("for the spare");
    }

    @Test
    void cancelledMembersPartitionsGoToTheOthersWithinASecondFromTheCommittedOffset() {
        server.createTopic("t", 2);
        publishTo(0, "a0", "a1", "a2");
        publishTo(1, "b0", "b1");
        Tail leaving = server.subscribe(Requests.member("t", "g", "leaving"));
        leaving.await(5);
        Tail staying = server.subscribe(Requests.member("t", "g", "staying"));
        await().until(() -> owners("g").getOrDefault("staying", List.of()).size() == 1);
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 2));
        unused = server.queue().commitOffset(Requests.commit("t", "g", 1, 1));
        int movedAlready = owners("g").get("staying").get(0);

        leaving.cancel();
        await().atMost(HANDOVER_MAX)
                .untilAsserted(() -> assertThat(owners("g")).isEqualTo(Map.of("staying", List.of(0, 1))));

        List<String> fromLeaving = movedAlready == 0 ? List.of("b1") : List.of("a2");
        await().untilAsserted(() -> assertThat(staying.texts()).endsWith(fromLeaving.toArray(String[]::new)));
        publishTo(0, "a3");
        publishTo(1, "b2");
        await().untilAsserted(() -> assertThat(staying.texts()).contains("a3", "b2"));
    }

    @Test
    void memberWhoseDeadlinePassesLeavesTheGroup() {
        server.createTopic("t", 1);
        Tail brief = Tail.reading(
                server.calls().withDeadlineAfter(500, TimeUnit.MILLISECONDS), Requests.member("t", "g", "brief"));
        Tail next = server.subscribe(Requests.member("t", "g", "next"));

        assertThat(brief.awaitEnd().getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        awaitOwners("g", Map.of("next", List.of(0)));
        publishTo(0, "x");
        assertThat(next.awaitTexts(1)).containsExactly("x");
    }

    @Test
    void memberWhoseConnectionIsClosedLeavesTheGroup() {
        server.createTopic("t", 1);
        publishTo(0, "m0", "m1");
        ManagedChannel connection = server.newChannel();
        Tail lost = Tail.reading(MessageQueueServiceGrpc.newStub(connection), Requests.member("t", "g", "lost"));
        lost.await(2);
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 1));
        Tail heir = server.subscribe(Requests.member("t", "g", "heir"));
        awaitOwners("g", Map.of("lost", List.of(0), "heir", List.of()));

        connection.shutdownNow();

        assertThat(heir.awaitTexts(1)).containsExactly("m1");
    }

    @Test
    void secondMemberOfTheSameNameEndsTheFirstAndTakesOver() {
        server.createTopic("t", 1);
        publishTo(0, "m0", "m1");
        Tail first = server.subscribe(Requests.member("t", "g", "twin"));
        first.await(2);
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 1));

        Tail second = server.subscribe(Requests.member("t", "g", "twin"));

        assertThatEnd(first.awaitEnd())
                .hasCode(Code.ABORTED)
                .hasReason(Reason.MEMBER_FENCED)
                .hasMetadata("consumer_id", "twin");
        assertThat(second.awaitTexts(1)).containsExactly("m1");
        awaitOwners("g", Map.of("twin", List.of(0)));
        assertThat(second.end()).isEmpty();
    }

    @Test
    void sameConsumerIdInAnotherGroupOrTopicFencesNobody() {
        server.createTopic("t", 1);
        server.createTopic("other", 1);
        List<Tail> tails = List.of(
                server.subscribe(Requests.member("t", "g", "c")),
                server.subscribe(Requests.member("t", "h", "c")),
                server.subscribe(Requests.member("other", "g", "c")));
        await().until(() -> server.broker().status().subscriptions() == 3);
        publishTo(0, "x");
        server.publish("other", "x");

        tails.forEach(tail -> tail.await(1));
        assertThat(tails).allSatisfy(tail -> assertThat(tail.end()).isEmpty());
    }

    @Test
    void memberWithoutANameIsGivenOneOfItsOwn() {
        server.createTopic("t", 2);
        server.subscribe(Requests.member("t", "g", ""));
        server.subscribe(Requests.member("t", "g", ""));

        await().untilAsserted(() -> assertThat(owners("g")).hasSize(2));
        assertThat(owners("g").keySet())
                .doesNotContain("")
                .allSatisfy(
                        id -> assertThat(id).startsWith(server.broker().status().nodeId()));
    }

    @Test
    void groupsEachGetEveryMessage() {
        server.createTopic("t", 2);
        Tail one = server.subscribe(Requests.member("t", "one", "c"));
        Tail two = server.subscribe(Requests.member("t", "two", "c"));
        publishTo(0, "a");
        publishTo(1, "b");

        assertThat(one.awaitTexts(2)).containsExactlyInAnyOrder("a", "b");
        assertThat(two.awaitTexts(2)).containsExactlyInAnyOrder("a", "b");
        assertThat(two.messages()).extracting(Message::getDeliveryAttempt).containsOnly(1);
    }

    @Test
    void deliveryAttemptCountsDeliveriesToTheGroupUntilTheyAreCommitted() {
        server.createTopic("t", 1);
        publishTo(0, "m0", "m1");
        for (int attempt = 1; attempt <= 3; attempt++) {
            Tail tail = server.subscribe(Requests.member("t", "g", "c"));
            assertThat(tail.await(2)).extracting(Message::getDeliveryAttempt).containsExactly(attempt, attempt);
        }
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 1));
        publishTo(0, "m2");

        Tail last = server.subscribe(Requests.member("t", "g", "c"));

        // The one before may have been sent m2 as well, for a first time.
        assertThat(last.await(2).get(0).getDeliveryAttempt()).isEqualTo(4);
        assertThat(last.messages().get(1).getDeliveryAttempt()).isBetween(1, 2);
        assertThat(server.subscribe(Requests.reader("t")).await(1).get(0).getDeliveryAttempt())
                .isEqualTo(1);
    }

    @Test
    void partitionsThatAreAddedAreSharedOut() {
        server.createTopic("t", 1);
        Tail a = server.subscribe(Requests.member("t", "g", "a"));
        awaitOwners("g", Map.of("a", List.of(0)));
        Tail b = server.subscribe(Requests.member("t", "g", "b"));
        awaitOwners("g", Map.of("a", List.of(0), "b", List.of()));

        var unused = server.queue()
                .alterTopic(AlterTopicRequest.newBuilder()
                        .setName("t")
                        .setPartitions(2)
                        .build());

        awaitOwners("g", Map.of("a", List.of(0), "b", List.of(1)));
        publishTo(1, "new");
        assertThat(b.awaitTexts(1)).containsExactly("new");
        assertThat(a.count()).isZero();
    }

    @Test
    void membersThatComeAndGoLoseNoMessage() {
        server.createTopic("t", 3);
        Set<String> received = new HashSet<>();
        for (int round = 0; round < 10; round++) {
            List<Tail> members = List.of(
                    server.subscribe(Requests.member("t", "g", "a")), server.subscribe(Requests.member("t", "g", "b")));
            for (int partition = 0; partition < 3; partition++) {
                publishTo(partition, "r%d-p%d".formatted(round, partition));
            }
            int wanted = 3 * (round + 1);
            await().until(() -> {
                members.forEach(member -> received.addAll(member.texts()));
                return received.size() == wanted;
            });
            members.forEach(Tail::cancel);
        }
        assertThat(received).hasSize(30);
    }

    @Test
    void descriptionNeverShowsAPartitionWithTwoOwners() {
        server.createTopic("t", 5);
        for (int i = 0; i < 5; i++) {
            server.subscribe(Requests.member("t", "g", "c" + i));
            List<GroupMember> members = server.queue()
                    .describeConsumerGroup(Requests.describeGroup("g"))
                    .getMembersList();
            List<Integer> owned = members.stream()
                    .flatMap(member -> member.getPartitionsList().stream())
                    .toList();
            assertThat(owned).doesNotHaveDuplicates();
        }
        await().until(() -> owners("g").values().stream().allMatch(owned -> owned.size() == 1));
    }
}
