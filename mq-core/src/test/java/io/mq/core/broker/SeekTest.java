package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.delivery.StartPosition;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups are moved through the whole broker. */
class SeekTest {

    private static final int MESSAGES = 10;
    private static final int ROUNDS = 300;

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;
    private Groups groups;

    @BeforeEach
    void startBroker() {
        fixture = new BrokerFixture(temporary.resolve("data"));
        groups = fixture.start().groups();
        fixture.create("t", 2);
        fixture.create("single", 1);
        for (int i = 0; i < MESSAGES; i++) {
            fixture.publish("t", 0, "m" + i);
            fixture.publish("single", 0, "m" + i);
        }
        groups.commit("g", "t", 0, 4, "note").join();
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private List<Sought> seek(String topic, OptionalInt partition, StartPosition to) {
        return groups.seek(new SeekRequest("g", topic, partition, to, false)).join();
    }

    private BrokerException refusal(String group, String topic, OptionalInt partition, StartPosition to) {
        try {
            groups.seek(new SeekRequest(group, topic, partition, to, false)).join();
        } catch (CompletionException e) {
            return (BrokerException) e.getCause();
        } catch (BrokerException e) {
            return e;
        }
        throw new AssertionError("the seek was not refused");
    }

    private OptionalLong committed(String topic, int partition) {
        return groups.offsets("g", topic).get(partition).committed();
    }

    @Test
    void wholeTopicIsMovedToItsBeginningAndToItsEnd() {
        assertThat(seek("t", OptionalInt.empty(), StartPosition.EARLIEST))
                .containsExactly(new Sought(0, OptionalLong.of(4), 0), new Sought(1, OptionalLong.empty(), 0));
        assertThat(committed("t", 0)).hasValue(0);
        assertThat(seek("t", OptionalInt.empty(), StartPosition.LATEST))
                .containsExactly(new Sought(0, OptionalLong.of(0), MESSAGES), new Sought(1, OptionalLong.of(0), 0));
        assertThat(committed("t", 0)).hasValue(MESSAGES);
    }

    @Test
    void onePartitionIsMovedAndTheOthersStay() {
        seek("t", OptionalInt.of(0), new StartPosition.AtOffset(7));
        assertThat(committed("t", 0)).hasValue(7);
        assertThat(committed("t", 1)).isEmpty();
    }

    @Test
    void topicWithOnePartitionNeedsNotSayWhich() {
        seek("single", OptionalInt.empty(), new StartPosition.AtOffset(MESSAGES));
        assertThat(committed("single", 0)).hasValue(MESSAGES);
    }

    @Test
    void groupIsMovedToTheFirstMessageOfATime() {
        fixture.passTime(Duration.ofHours(1));
        Published later = fixture.publish("t", 0, "later");
        seek("t", OptionalInt.empty(), new StartPosition.AtTime(later.appendTime()));
        assertThat(committed("t", 0)).hasValue(MESSAGES);
        assertThat(committed("t", 1)).hasValue(0);
    }

    @Test
    void dryRunTellsAndChangesNothing() {
        assertThat(groups.seek(new SeekRequest("g", "t", OptionalInt.empty(), StartPosition.EARLIEST, true))
                        .join())
                .containsExactly(new Sought(0, OptionalLong.of(4), 0), new Sought(1, OptionalLong.empty(), 0));
        assertThat(committed("t", 0)).hasValue(4);
        assertThat(committed("t", 1)).isEmpty();
    }

    @Test
    void offsetThatIsNotThereIsRefusedWithWhatIs() {
        BrokerException refusal = refusal("g", "t", OptionalInt.of(0), new StartPosition.AtOffset(MESSAGES + 1));
        assertThat(refusal.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertThat(refusal.metadata()).containsEntry("start", "0").containsEntry("end", "10");
        assertThat(committed("t", 0)).hasValue(4);
    }

    @Test
    void requestThatMakesNoSenseIsRefused() {
        StartPosition three = new StartPosition.AtOffset(3);
        assertThat(refusal("g", "t", OptionalInt.empty(), three).reason()).isEqualTo(Reason.INVALID_FIELD);
        assertThat(refusal("g", "t", OptionalInt.of(2), three).reason()).isEqualTo(Reason.PARTITION_NOT_FOUND);
        assertThat(refusal("g", "none", OptionalInt.of(0), three).reason()).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(refusal("bad name", "t", OptionalInt.of(0), three).reason()).isEqualTo(Reason.INVALID_NAME);
    }

    @Test
    void seekSurvivesARestart() throws IOException {
        seek("t", OptionalInt.empty(), StartPosition.EARLIEST);
        groups = fixture.restart().groups();
        assertThat(committed("t", 0)).hasValue(0);
    }

    /** A consumer commits all the time; each time it has been sent everything, the group is moved back to the beginning. */
    @Test
    void noCommitOfWhatWasSentBeforeGetsPastASeek() {
        RecordingSubscriber subscriber = new RecordingSubscriber(0);
        Subscription subscription = fixture.join("g", "c1", "t", subscriber);
        // Before any seek everything may be committed, also what has not been sent: the first round would prove
        // nothing.
        seek("t", OptionalInt.of(0), StartPosition.EARLIEST);
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> committing = CompletableFuture.runAsync(() -> {
            while (!isOver.get()) {
                commitAllOrBeRefused();
            }
        });
        for (int round = 1; round <= ROUNDS; round++) {
            subscriber.grant(MESSAGES);
            subscription.resume();
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> committed("t", 0).equals(OptionalLong.of(MESSAGES)));
            seek("t", OptionalInt.of(0), StartPosition.EARLIEST);
            assertThat(committed("t", 0)).as("after seek %d", round).hasValue(0);
            commitAllOrBeRefused();
            assertThat(committed("t", 0))
                    .as("after seek %d and a late commit", round)
                    .hasValue(0);
        }
        isOver.set(true);
        committing.join();
    }

    private void commitAllOrBeRefused() {
        try {
            groups.commit("g", "t", 0, MESSAGES, "").join();
        } catch (BrokerException e) {
            assertThat(e.reason()).isEqualTo(Reason.COMMIT_FENCED);
        } catch (CompletionException e) {
            assertThat(((BrokerException) e.getCause()).reason()).isEqualTo(Reason.COMMIT_FENCED);
        }
    }

    @Test
    void anotherGroupThanAllowedIsRefused() throws IOException {
        fixture.set("mq.limits.groups-max", "1");
        groups = fixture.restart().groups();
        assertThat(refusal("another", "t", OptionalInt.of(0), StartPosition.EARLIEST)
                        .reason())
                .isEqualTo(Reason.LIMIT_REACHED);
    }
}
