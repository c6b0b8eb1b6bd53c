package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.core.broker.GroupDescription.GroupPartition;
import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupsTest {

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;
    private Groups groups;

    @BeforeEach
    void startBroker() {
        fixture = new BrokerFixture(temporary.resolve("data"));
        groups = fixture.start().groups();
        fixture.create("t", 2);
        for (int i = 0; i < 10; i++) {
            fixture.publish("t", 0, "m" + i);
        }
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private interface Call {
        void run();
    }

    private static Reason refusal(Call call) {
        return catchThrowableOfType(BrokerException.class, call::run).reason();
    }

    private GroupPartition partition(String group, int number) {
        return groups.describe(group).partitions().get(number);
    }

    @Test
    void descriptionTellsOffsetsAndLag() {
        groups.commit("g", "t", 0, 4, "note").join();
        assertThat(groups.describe("g").lag()).isEqualTo(6);
        GroupPartition first = partition("g", 0);
        assertThat(first.topic()).isEqualTo("t");
        assertThat(first.committed()).hasValue(4);
        assertThat(first.metadata()).isEqualTo("note");
        assertThat(first.committedAt()).contains(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(first.end()).isEqualTo(10);
        assertThat(first.lag()).isEqualTo(6);
        assertThat(first.owner()).isEmpty();
        assertThat(partition("g", 1).committed()).isEmpty();
        assertThat(partition("g", 1).lag()).isZero();
    }

    @Test
    void descriptionTellsMembersAndTheirPositions() {
        RecordingSubscriber subscriber = new RecordingSubscriber(3);
        fixture.join("g", "c1", "t", subscriber);
        await().until(() -> subscriber.payloads().size() == 3);
        assertThat(groups.describe("g").members())
                .singleElement()
                .satisfies(member -> assertThat(member.consumerId()).isEqualTo("c1"));
        await().untilAsserted(() -> {
            assertThat(partition("g", 0).owner()).contains("c1");
            assertThat(partition("g", 0).position()).hasValue(3);
            assertThat(partition("g", 0).lag()).isEqualTo(10);
        });
    }

    @Test
    void commitsNeverGoBackAndAnswerWhatIsCommitted() {
        assertThat(groups.commit("g", "t", 0, 4, "").join().offset()).isEqualTo(4);
        assertThat(groups.commit("g", "t", 0, 2, "").join().offset()).isEqualTo(4);
        assertThat(groups.commit("g", "t", 0, 10, "").join().offset()).isEqualTo(10);
    }

    @Test
    void offsetBeyondTheEndIsRefused() {
        BrokerException refusal = (BrokerException) catchThrowableOfType(
                        CompletionException.class,
                        () -> groups.commit("g", "t", 0, 11, "").join())
                .getCause();
        assertThat(refusal.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertThat(groups.names()).isEmpty();
    }

    @Test
    void namesAreThoseOfGroupsWithOffsetsOrMembers() {
        groups.commit("b", "t", 0, 1, "").join();
        fixture.join("a", "c", "t", new RecordingSubscriber(0));
        assertThat(groups.names()).containsExactly("a", "b");
    }

    @Test
    void unknownGroupOrTopicIsNotFound() {
        assertThat(refusal(() -> groups.describe("none"))).isEqualTo(Reason.GROUP_NOT_FOUND);
        assertThat(refusal(() -> groups.offsets("none", "t"))).isEqualTo(Reason.GROUP_NOT_FOUND);
        assertThat(refusal(() -> groups.delete("none").join())).isEqualTo(Reason.GROUP_NOT_FOUND);
        assertThat(refusal(() -> groups.offsets("g", "none"))).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(refusal(() -> groups.commit("g", "none", 0, 0, "").join())).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(refusal(() -> groups.commit("g", "t", 2, 0, "").join())).isEqualTo(Reason.PARTITION_NOT_FOUND);
        assertThat(refusal(() -> groups.commit("g g", "t", 0, 0, "").join())).isEqualTo(Reason.INVALID_NAME);
    }

    @Test
    void groupIsDeletedWhenItHasNoMembers() {
        groups.commit("g", "t", 0, 4, "").join();
        Subscription subscription = fixture.join("g", "c", "t", new RecordingSubscriber(0));
        assertThat(refusal(() -> groups.delete("g").join())).isEqualTo(Reason.GROUP_HAS_MEMBERS);
        subscription.cancel();
        await().until(() -> fixture.broker().status().subscriptions() == 0);
        assertThat(groups.delete("g").join()).isTrue();
        assertThat(refusal(() -> groups.describe("g"))).isEqualTo(Reason.GROUP_NOT_FOUND);
    }

    @Test
    void offsetsInATopicAreThoseOfAllItsPartitions() {
        groups.commit("g", "t", 0, 4, "").join();
        assertThat(groups.offsets("g", "t")).hasSize(2);
        fixture.create("other", 1);
        assertThat(groups.offsets("g", "other"))
                .singleElement()
                .satisfies(partition -> assertThat(partition.committed()).isEmpty());
    }

    @Test
    void offsetsOfADeletedTopicAreGone() {
        groups.commit("g", "t", 0, 4, "").join();
        fixture.broker().topics().delete("t").join();
        assertThat(groups.names()).isEmpty();
    }

    @Test
    void consumerIsRefusedWithAnInvalidName() {
        assertThat(refusal(() -> fixture.join("g/", "c", "t", new RecordingSubscriber(0))))
                .isEqualTo(Reason.INVALID_NAME);
        assertThat(refusal(() -> fixture.join("g", "c/", "t", new RecordingSubscriber(0))))
                .isEqualTo(Reason.INVALID_NAME);
    }
}
