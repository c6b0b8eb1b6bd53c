package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members of a group share a topic of four partitions. */
class ConsumerGroupTest {

    private static final Duration LONGER_THAN_STALL_TIMEOUT = DeliveryFixture.STALL_TIMEOUT.plus(Duration.ofSeconds(1));

    private final ManualExecutor executor = new ManualExecutor();
    private final DeliveryFixture fixture = new DeliveryFixture(executor);
    private Topic topic;

    private final class Member {

        private final RecordingSubscriber subscriber;
        private final Subscription subscription;

        Member(String group, String id, int credit) {
            subscriber = new RecordingSubscriber(credit);
            subscription = fixture.join(group, id, topic, subscriber);
        }

        Member(String id) {
            this("g", id, Integer.MAX_VALUE);
        }

        void leave() {
            subscription.cancel();
            executor.runAll();
        }

        List<Integer> partitions(String group, String id) {
            return fixture.subscriptions().members(group).stream()
                    .filter(member -> member.consumerId().equals(id))
                    .flatMap(member -> member.positions().keySet().stream())
                    .sorted()
                    .toList();
        }
    }

    @BeforeEach
    void createTopic() {
        topic = fixture.create("t", 4);
    }

    private void publishToAll(String payload) {
        for (int partition = 0; partition < topic.partitions(); partition++) {
            fixture.publish(topic, partition, payload + partition);
        }
        executor.runAll();
    }

    @Test
    void onlyMemberGetsEverything() {
        Member a = new Member("a");
        publishToAll("m");
        assertThat(a.subscriber.payloads()).containsExactlyInAnyOrder("m0", "m1", "m2", "m3");
    }

    @Test
    void membersShareThePartitions() {
        Member a = new Member("a");
        Member b = new Member("b");
        executor.runAll();
        publishToAll("m");
        assertThat(a.subscriber.payloads()).hasSize(2);
        assertThat(b.subscriber.payloads()).hasSize(2);
        assertThat(a.partitions("g", "a")).hasSize(2).doesNotContainAnyElementsOf(b.partitions("g", "b"));
    }

    @Test
    void memberBeyondTheNumberOfPartitionsWaitsForAnothersEnd() {
        topic = fixture.create("narrow", 1);
        Member a = new Member("a");
        Member b = new Member("b");
        publishToAll("m");
        assertThat(b.subscriber.payloads()).isEmpty();
        fixture.commit("g", topic, 0, 1);
        a.leave();
        publishToAll("n");
        assertThat(a.subscriber.payloads()).containsExactly("m0");
        assertThat(b.subscriber.payloads()).containsExactly("n0");
    }

    @Test
    void nextOwnerBeginsWhereTheGroupHasCommitted() {
        topic = fixture.create("narrow", 1);
        Member a = new Member("a");
        for (int i = 0; i < 10; i++) {
            fixture.publish(topic, 0, "m" + i);
        }
        executor.runAll();
        assertThat(a.subscriber.offsets()).hasSize(10);
        fixture.commit("g", topic, 0, 4);
        Member b = new Member("b");
        a.leave();
        assertThat(b.subscriber.offsets()).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(b.subscriber.deliveries()).allMatch(delivery -> delivery.attempt() == 2);
    }

    @Test
    void ownerBeginsWhereItAsksToWhereNothingIsCommitted() {
        publishToAll("old");
        fixture.commit("g", topic, 0, 0);
        RecordingSubscriber latest = RecordingSubscriber.unlimited();
        fixture.subscriptions()
                .subscribe(
                        new SubscribeRequest("t", "g", "a", "test", OptionalInt.empty(), StartPosition.LATEST), latest);
        executor.runAll();
        publishToAll("new");
        assertThat(latest.payloads()).containsExactlyInAnyOrder("old0", "new0", "new1", "new2", "new3");
    }

    @Test
    void partitionMovesOnlyWhenItsOwnerHasSentItsLastMessage() {
        Member a = new Member("a");
        executor.runAll();
        Member b = new Member("b");
        fixture.publish(topic, 3, "moving");
        assertThat(a.partitions("g", "b"))
                .as("partitions of the new member before the old one has run")
                .isEmpty();
        executor.runAll();
        assertThat(b.partitions("g", "b")).containsExactly(2, 3);
        assertThat(a.subscriber.payloads().size() + b.subscriber.payloads().size())
                .as("owners that were sent the message")
                .isEqualTo(1);
    }

    @Test
    void memberThatJoinsAndLeavesAtOnceChangesNothing() {
        Member a = new Member("a");
        executor.runAll();
        new Member("b").subscription.cancel();
        executor.runAll();
        publishToAll("m");
        assertThat(a.subscriber.payloads()).containsExactlyInAnyOrder("m0", "m1", "m2", "m3");
    }

    @Test
    void groupsDoNotSeeEachOther() {
        Member a = new Member("g", "a", Integer.MAX_VALUE);
        Member b = new Member("h", "a", Integer.MAX_VALUE);
        publishToAll("m");
        fixture.commit("g", topic, 0, 1);
        assertThat(a.subscriber.payloads()).hasSize(4);
        assertThat(b.subscriber.payloads()).hasSize(4);
        b.leave();
        Member c = new Member("h", "c", Integer.MAX_VALUE);
        executor.runAll();
        assertThat(c.subscriber.payloads()).hasSize(4);
    }

    @Test
    void consumerThatSubscribesAgainFencesItsFormerSelf() {
        Member former = new Member("a");
        executor.runAll();
        Member present = new Member("a");
        executor.runAll();
        assertThat(former.subscriber.end().reason()).isEqualTo(Reason.MEMBER_FENCED);
        assertThat(former.subscriber.end()).hasMessageContaining("consumer 'a'");
        publishToAll("m");
        assertThat(former.subscriber.payloads()).isEmpty();
        assertThat(present.subscriber.payloads()).hasSize(4);
        assertThat(fixture.subscriptions().count()).isEqualTo(1);
    }

    @Test
    void allFormerSelvesAreFencedEvenThoseThatHaveNotYetRun() {
        Member first = new Member("a");
        Member second = new Member("a");
        Member third = new Member("a");
        executor.runAll();
        assertThat(first.subscriber.end().reason()).isEqualTo(Reason.MEMBER_FENCED);
        assertThat(second.subscriber.end().reason()).isEqualTo(Reason.MEMBER_FENCED);
        assertThat(third.subscriber.end()).isNull();
        assertThat(third.partitions("g", "a")).containsExactly(0, 1, 2, 3);
    }

    @Test
    void membersBeyondTheLimitAreRefused() {
        for (int i = 0; i < DeliveryFixture.MEMBERS_MAX; i++) {
            new Member("m" + i);
        }
        BrokerException refusal = catchThrowableOfType(BrokerException.class, () -> new Member("one more"));
        assertThat(refusal.reason()).isEqualTo(Reason.LIMIT_REACHED);
        assertThat(refusal).hasMessageContaining("mq.limits.group-members-max");
        assertThat(fixture.subscriptions().count()).isEqualTo(DeliveryFixture.MEMBERS_MAX);
    }

    @Test
    void consumerMaySubscribeAgainInAFullGroup() {
        for (int i = 0; i < DeliveryFixture.MEMBERS_MAX; i++) {
            new Member("m" + i);
        }
        executor.runAll();
        Member again = new Member("m0");
        executor.runAll();
        assertThat(again.subscriber.end()).isNull();
        assertThat(fixture.subscriptions().count()).isEqualTo(DeliveryFixture.MEMBERS_MAX);
    }

    @Test
    void groupsBeyondTheLimitAreRefusedUnlessOneIsWithoutMembers() {
        Member first = new Member("g0", "a", 1);
        for (int i = 1; i < DeliveryFixture.GROUPS_MAX; i++) {
            new Member("g" + i, "a", 1);
        }
        BrokerException refusal = catchThrowableOfType(BrokerException.class, () -> new Member("more", "a", 1));
        assertThat(refusal.reason()).isEqualTo(Reason.LIMIT_REACHED);
        assertThat(refusal).hasMessageContaining("mq.limits.groups-max");
        first.leave();
        new Member("more", "a", 1);
        assertThat(fixture.subscriptions().groupsWithMembers()).containsExactlyInAnyOrder("g1", "g2", "more");
    }

    @Test
    void memberThatLeavesMessagesWaitingLosesItsPartitions() {
        Member stuck = new Member("g", "stuck", 0);
        executor.runAll();
        publishToAll("m");
        fixture.subscriptions().endStalled();
        fixture.passTime(LONGER_THAN_STALL_TIMEOUT);
        fixture.subscriptions().endStalled();
        Member healthy = new Member("healthy");
        executor.runAll();
        assertThat(stuck.subscriber.end().reason()).isEqualTo(Reason.SUBSCRIBER_STALLED);
        assertThat(stuck.subscriber.end()).hasMessageContaining("mq.delivery.stall-timeout");
        assertThat(healthy.subscriber.payloads()).hasSize(4);
    }

    @Test
    void memberThatTakesAMessageNowAndThenIsNotStalled() {
        Member slow = new Member("g", "slow", 0);
        publishToAll("m");
        for (int i = 0; i < 4; i++) {
            fixture.passTime(DeliveryFixture.STALL_TIMEOUT.minusSeconds(1));
            fixture.subscriptions().endStalled();
            slow.subscriber.grant(1);
            slow.subscription.resume();
            executor.runAll();
        }
        assertThat(slow.subscriber.end()).isNull();
        assertThat(slow.subscriber.payloads()).hasSize(4);
    }

    /** Who works for long on the only message there was has left nothing waiting. */
    @Test
    void timeWithoutAnythingToTakeDoesNotCount() {
        Member busy = new Member("g", "busy", 1);
        fixture.publish(topic, 0, "a long job");
        executor.runAll();
        assertThat(busy.subscriber.payloads()).containsExactly("a long job");
        for (int minute = 0; minute < 60; minute++) {
            fixture.passTime(Duration.ofMinutes(1));
            fixture.subscriptions().endStalled();
        }
        fixture.publish(topic, 0, "next");
        fixture.passTime(Duration.ofSeconds(1));
        fixture.subscriptions().endStalled();
        executor.runAll();
        assertThat(busy.subscriber.end()).isNull();
        fixture.passTime(LONGER_THAN_STALL_TIMEOUT);
        fixture.subscriptions().endStalled();
        executor.runAll();
        assertThat(busy.subscriber.end().reason()).isEqualTo(Reason.SUBSCRIBER_STALLED);
    }

    @Test
    void readyMemberWithNothingToReadIsNeverStalled() {
        Member idle = new Member("idle");
        executor.runAll();
        fixture.passTime(Duration.ofDays(30));
        fixture.subscriptions().endStalled();
        executor.runAll();
        assertThat(idle.subscriber.end()).isNull();
    }

    @Test
    void partitionsThatComeLaterAreSharedToo() {
        Member a = new Member("a");
        Member b = new Member("b");
        executor.runAll();
        topic = fixture.alter(topic, 8);
        executor.runAll();
        assertThat(a.partitions("g", "a")).hasSize(4);
        assertThat(b.partitions("g", "b")).hasSize(4);
        publishToAll("m");
        assertThat(a.subscriber.payloads()).hasSize(4);
        assertThat(b.subscriber.payloads()).hasSize(4);
    }

    @Test
    void topicThatIsDeletedEndsItsMembersAndARecreatedOneStartsAnew() {
        Member a = new Member("a");
        publishToAll("m");
        fixture.commit("g", topic, 0, 1);
        fixture.delete(topic);
        executor.runAll();
        assertThat(a.subscriber.end().reason()).isEqualTo(Reason.TOPIC_DELETED);
        assertThat(fixture.subscriptions().hasMembers("g")).isFalse();
        topic = fixture.create("t", 4);
        Member b = new Member("b");
        publishToAll("n");
        assertThat(b.subscriber.payloads()).containsExactlyInAnyOrder("n0", "n1", "n2", "n3");
    }

    @Test
    void memberWhoseTopicIsDeletedWhileItJoinsIsToldAndNotKept() {
        fixture.whileJoining(() -> {
            fixture.delete(topic);
            executor.runAll();
        });
        Member a = new Member("a");
        executor.runAll();
        assertThat(a.subscriber.end().reason()).isEqualTo(Reason.TOPIC_DELETED);
        assertThat(fixture.subscriptions().hasMembers("g")).isFalse();
        assertThat(fixture.subscriptions().count()).isZero();
    }

    @Test
    void committedOffsetThatRetentionHasOvertakenMeansTheOldestMessageLeft() {
        topic = fixture.create("narrow", 1);
        for (int i = 0; i < 10; i++) {
            fixture.publish(topic, 0, "m" + i);
        }
        fixture.commit("g", topic, 0, 2);
        fixture.advanceStart(topic, 0, 6);
        Member a = new Member("a");
        executor.runAll();
        assertThat(a.subscriber.offsets()).containsExactly(6L, 7L, 8L, 9L);
    }

    @Test
    void descriptionTellsWhoReadsWhatAndHowFar() {
        new Member("a");
        publishToAll("m");
        MemberDescription description = fixture.subscriptions().members("g").get(0);
        assertThat(description.consumerId()).isEqualTo("a");
        assertThat(description.client()).isEqualTo("test");
        assertThat(description.topic()).isEqualTo("t");
        assertThat(description.joinedAt()).isEqualTo(DeliveryFixture.NOW);
        assertThat(description.positions()).isEqualTo(Map.of(0, 1L, 1, 1L, 2, 1L, 3, 1L));
    }
}
