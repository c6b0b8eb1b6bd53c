package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.broker.ForwardedFigures;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ForwardedMessagesTest {

    private static final InputStream MESSAGE = new ByteArrayInputStream(new byte[0]);

    private final InFlightBytes all = new InFlightBytes(100);

    private final class Direction extends ForwardedMessages {

        private final AtomicBoolean isReady = new AtomicBoolean(true);
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger sent = new AtomicInteger();

        Direction() {
            super(all, new ForwardedFigures(), Runnable::run);
        }

        @Override
        boolean isReceiverReady() {
            return isReady.get();
        }

        @Override
        void ask() {
            asked.incrementAndGet();
        }

        @Override
        void send(InputStream message) {
            sent.incrementAndGet();
        }
    }

    private final Direction direction = new Direction();

    @Test
    void nextMessageIsAskedForWhenTheReceiverHasTakenTheLast() {
        direction.flow();
        direction.flow();
        assertThat(direction.asked).hasValue(1);
        direction.isReady.set(false);

        assertThat(direction.handOver(MESSAGE, 10, 200)).isTrue();
        assertThat(direction.asked).hasValue(1);

        direction.isReady.set(true);
        direction.flow();
        assertThat(direction.asked).hasValue(2);
    }

    @Test
    void whatOthersHoldStopsTheNextMessageUntilTheyAreDone() {
        Direction slow = new Direction();
        slow.flow();
        slow.isReady.set(false);
        assertThat(slow.handOver(MESSAGE, 100, 200)).isTrue();

        direction.flow();
        assertThat(direction.asked).hasValue(0);

        slow.release();
        assertThat(direction.asked).hasValue(1);
    }

    @Test
    void whatIsTooMuchInAllIsNotHandedOver() {
        direction.isReady.set(false);
        assertThat(direction.handOver(MESSAGE, 300, 200))
                .as("a message by itself")
                .isTrue();

        assertThat(direction.handOver(MESSAGE, 1, 200)).isFalse();
        assertThat(direction.sent).hasValue(1);

        direction.release();
        assertThat(direction.handOver(MESSAGE, 1, 200)).isTrue();
    }

    @Test
    void nothingMoreIsAskedForAfterTheEnd() {
        direction.stop();
        direction.flow();
        assertThat(direction.asked).hasValue(0);
    }
}
