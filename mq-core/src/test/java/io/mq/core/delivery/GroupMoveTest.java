package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Topic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A group is moved to another offset while its members are at work. */
class GroupMoveTest {

    private final ManualExecutor executor = new ManualExecutor();
    private final DeliveryFixture fixture = new DeliveryFixture(executor);
    private final RecordingSubscriber subscriber = new RecordingSubscriber(0);
    private Topic topic;
    private Subscription subscription;

    @BeforeEach
    void joinAndTakeFive() {
        topic = fixture.create("t", 2);
        fixture.publish(topic, 0, "a", "b", "c", "d", "e");
        subscription = fixture.join("g", "c1", topic, subscriber);
        take(5);
    }

    private void take(int messages) {
        subscriber.grant(messages);
        subscription.resume();
        executor.runAll();
    }

    private void seek(long offset) {
        fixture.seek("g", topic, 0, offset);
        executor.runAll();
    }

    private Reason refusalOfCommit(long offset) {
        return catchThrowableOfType(
                        BrokerException.class,
                        () -> fixture.subscriptions().requireNotFenced("g", topic.partition(0), offset))
                .reason();
    }

    private void assertCommitIsTaken(long offset) {
        assertThatCode(() -> fixture.subscriptions().requireNotFenced("g", topic.partition(0), offset))
                .doesNotThrowAnyException();
    }

    @Test
    void memberIsSentAgainWhatLiesBehindTheNewOffset() {
        seek(3);
        take(10);
        assertThat(subscriber.payloads()).containsExactly("a", "b", "c", "d", "e", "d", "e");
        assertThat(subscriber.deliveries()).last().extracting(Delivery::attempt).isEqualTo(2);
        fixture.publish(topic, 0, "f");
        executor.runAll();
        assertThat(subscriber.offsets()).containsExactly(0L, 1L, 2L, 3L, 4L, 3L, 4L, 5L);
    }

    @Test
    void memberSkipsWhatLiesBeforeTheNewOffset() {
        fixture.publish(topic, 0, "f", "g", "h");
        seek(7);
        take(10);
        assertThat(subscriber.payloads()).containsExactly("a", "b", "c", "d", "e", "h");
    }

    @Test
    void otherPartitionsGoOnWhereTheyWere() {
        fixture.publish(topic, 1, "x");
        take(1);
        seek(4);
        take(10);
        assertThat(subscriber.payloads()).containsExactly("a", "b", "c", "d", "e", "x", "e");
    }

    @Test
    void otherGroupsAreNotMoved() {
        RecordingSubscriber other = RecordingSubscriber.unlimited();
        fixture.join("other", "c1", topic, other);
        executor.runAll();
        seek(0);
        assertThat(other.payloads()).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void groupWithoutMembersBeginsAtTheNewOffset() {
        subscription.cancel();
        executor.runAll();
        seek(2);
        RecordingSubscriber next = RecordingSubscriber.unlimited();
        fixture.join("g", "c2", topic, next);
        executor.runAll();
        assertThat(next.payloads()).containsExactly("c", "d", "e");
    }

    @Test
    void secondSeekBeforeTheFirstIsCarriedOutWins() {
        fixture.seek("g", topic, 0, 0);
        fixture.seek("g", topic, 0, 4);
        executor.runAll();
        take(10);
        assertThat(subscriber.payloads()).containsExactly("a", "b", "c", "d", "e", "e");
    }

    @Test
    void commitOfWhatWasSentBeforeIsRefusedUntilItIsSentAgain() {
        seek(1);
        assertThat(refusalOfCommit(5)).isEqualTo(Reason.COMMIT_FENCED);
        assertThat(refusalOfCommit(2)).isEqualTo(Reason.COMMIT_FENCED);
        assertCommitIsTaken(1);
        take(2);
        assertCommitIsTaken(3);
        assertThat(refusalOfCommit(4)).isEqualTo(Reason.COMMIT_FENCED);
        take(2);
        assertCommitIsTaken(5);
    }

    @Test
    void commitIsRefusedAlsoBeforeTheMemberHasLearnedOfTheSeek() {
        fixture.seek("g", topic, 0, 1);
        assertThat(refusalOfCommit(5)).isEqualTo(Reason.COMMIT_FENCED);
    }

    @Test
    void commitIsRefusedAlsoWhenTheMemberIsGone() {
        seek(1);
        take(1);
        assertCommitIsTaken(2);
        subscription.cancel();
        executor.runAll();
        assertThat(refusalOfCommit(5)).isEqualTo(Reason.COMMIT_FENCED);
        assertCommitIsTaken(2);
    }

    @Test
    void refusalSaysWhatMayBeCommitted() {
        seek(1);
        take(2);
        BrokerException refusal = catchThrowableOfType(
                BrokerException.class, () -> fixture.subscriptions().requireNotFenced("g", topic.partition(0), 5));
        assertThat(refusal).hasMessageContaining("offset 5").hasMessageContaining("up to 2");
        assertThat(refusal.metadata()).containsEntry("position", "3");
    }

    @Test
    void commitOfWhatCameAfterwardsAndSeeksToTheEndAreNotFenced() {
        seek(1);
        assertCommitIsTaken(6);
        seek(5);
        assertCommitIsTaken(5);
    }

    @Test
    void commitsOfOtherGroupsAndPartitionsAreTaken() {
        seek(1);
        assertThatCode(() -> {
                    fixture.subscriptions().requireNotFenced("other", topic.partition(0), 5);
                    fixture.subscriptions().requireNotFenced("g", topic.partition(1), 5);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void fenceGoesWithItsTopic() {
        seek(1);
        fixture.delete(topic);
        assertCommitIsTaken(5);
    }
}
