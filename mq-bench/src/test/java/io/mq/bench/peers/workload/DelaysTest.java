package io.mq.bench.peers.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class DelaysTest {

    private static final Duration NONE = Duration.ZERO;

    private final Delays delays = new Delays(1, 2);

    @Test
    void theFirstOnesDoNotCount() throws IOException, InterruptedException {
        long anHourAgo = System.nanoTime() - Duration.ofHours(1).toNanos();
        delays.delivered(anHourAgo);
        delays.delivered(System.nanoTime());
        delays.delivered(System.nanoTime());

        Histogram histogram = delays.await(NONE);

        assertThat(histogram.getTotalCount()).isEqualTo(2);
        assertThat(histogram.getMaxValue()).isLessThan(Duration.ofHours(1).toNanos());
    }

    @Test
    void aMissingMessageIsAFailure() {
        delays.delivered(0);
        delays.delivered(0);

        assertThatIOException().isThrownBy(() -> delays.await(NONE)).withMessageContaining("3 messages");
    }

    @Test
    void aConsumerThatFailsIsAFailure() {
        delays.failed(new IllegalStateException("gone"));

        assertThatIOException().isThrownBy(() -> delays.await(NONE)).withMessageContaining("gone");
    }
}
