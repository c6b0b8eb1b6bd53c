package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.message.Topic;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in memory is sent by the thread of the subscriber's socket; everything else is the pool's. */
class SocketRunTest {

    private static final int TAIL_BYTES_MAX = 100_000;

    private final ManualExecutor pool = new ManualExecutor();
    private final ManualExecutor socket = new ManualExecutor();
    private final DeliveryFixture fixture = new DeliveryFixture(pool, TAIL_BYTES_MAX);
    private final RecordingSubscriber subscriber =
            RecordingSubscriber.unlimited().on(socket);
    private Topic topic;
    private Subscription subscription;

    @BeforeEach
    void subscribeAtTheEnd() {
        topic = fixture.create("t", 1);
        subscription = fixture.read(topic, subscriber);
        pool.runAll();
        assertThat(socket.isIdle()).isTrue();
    }

    @AfterEach
    void contractWasKept() {
        assertThat(subscriber.breaches()).isEmpty();
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            fixture.publish(topic, 0, "m");
        }
    }

    private void forbidReads() {
        fixture.disk().setWatcher((file, bytesMax) -> {
            throw new IOException("read of " + file);
        });
    }

    @Test
    void newMessageIsSentByTheSocketAlone() {
        forbidReads();
        publish(1);
        assertThat(pool.isIdle()).isTrue();
        socket.runAll();
        assertThat(subscriber.offsets()).containsExactly(0L);
        publish(1);
        socket.runAll();
        assertThat(subscriber.offsets()).containsExactly(0L, 1L);
        assertThat(pool.isIdle()).isTrue();
    }

    @Test
    void whatIsNoLongerInMemoryIsReadByThePool() {
        fixture.publish(topic, 0, "x".repeat(TAIL_BYTES_MAX));
        forbidReads();
        socket.runAll();
        assertThat(subscriber.offsets()).isEmpty();
        fixture.disk().setWatcher((file, bytesMax) -> {});
        pool.runAll();
        assertThat(subscriber.offsets()).containsExactly(0L);
    }

    @Test
    void whoIsFarBehindIsLeftToThePool() {
        publish(200);
        socket.runAll();
        assertThat(subscriber.offsets()).hasSizeLessThan(200);
        assertThat(pool.isIdle()).isFalse();
        pool.runAll();
        assertThat(subscriber.offsets()).hasSize(200);
    }

    @Test
    void changesOfTheAssignmentAreThePools() {
        fixture.alter(topic, 2);
        assertThat(socket.isIdle()).isTrue();
        pool.runAll();
        fixture.publish(topic, 1, "in the new partition");
        socket.runAll();
        assertThat(subscriber.payloads()).containsExactly("in the new partition");
    }

    @Test
    void changeThatComesWhileTheSocketIsDueIsMadeBeforeAnythingIsSent() {
        publish(1);
        subscription.cancel();
        socket.runAll();
        pool.runAll();
        assertThat(subscriber.offsets()).isEmpty();
        assertThat(fixture.subscriptions().count()).isZero();
    }

    @Test
    void subscriberThatIsNotReadyIsSentNothingAndGoesOnWhenItIs() {
        RecordingSubscriber slow = new RecordingSubscriber(0).on(socket);
        Subscription its = fixture.read(topic, slow);
        pool.runAll();
        publish(2);
        socket.runAll();
        assertThat(slow.offsets()).isEmpty();
        assertThat(pool.isIdle()).isTrue();
        slow.grant(1);
        its.resume();
        socket.runAll();
        assertThat(slow.offsets()).containsExactly(0L);
        assertThat(slow.breaches()).isEmpty();
    }

    @Test
    void socketThatIsGoneLeavesItToThePool() {
        subscriber.on(task -> {
            throw new RejectedExecutionException();
        });
        publish(1);
        pool.runAll();
        assertThat(subscriber.offsets()).containsExactly(0L);
    }
}
