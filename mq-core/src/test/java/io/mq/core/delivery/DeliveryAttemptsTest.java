package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryAttemptsTest {

    private final DeliveryAttempts attempts = new DeliveryAttempts();

    private void deliver(long from, long to, int expectedAttempt) {
        for (long offset = from; offset < to; offset++) {
            assertThat(attempts.next(offset)).as("attempt of offset %d", offset).isEqualTo(expectedAttempt);
        }
    }

    @Test
    void firstDeliveryIsAttemptOne() {
        attempts.begin(5);
        deliver(5, 10, 1);
    }

    @Test
    void nextOwnerDeliversAgainWhatWasNotCommitted() {
        attempts.begin(0);
        deliver(0, 10, 1);
        attempts.begin(4);
        deliver(4, 10, 2);
        deliver(10, 12, 1);
        attempts.begin(4);
        deliver(4, 10, 3);
        deliver(10, 12, 2);
        deliver(12, 13, 1);
    }

    @Test
    void whatIsCommittedIsForgotten() {
        attempts.begin(0);
        deliver(0, 10, 1);
        attempts.begin(10);
        deliver(10, 12, 1);
    }

    @Test
    void ownerThatDeliveredNothingCountsForNothing() {
        attempts.begin(0);
        deliver(0, 3, 1);
        attempts.begin(0);
        attempts.begin(0);
        deliver(0, 3, 2);
    }

    @Test
    void countOfVeryOftenRedeliveredMessagesStandsStill() {
        for (int owner = 1; owner <= 1001; owner++) {
            attempts.begin(0);
            assertThat(attempts.next(0)).isEqualTo(owner);
        }
        for (int owner = 0; owner < 100; owner++) {
            attempts.begin(0);
            assertThat(attempts.next(0)).isEqualTo(1001);
        }
    }

    @Test
    void anyHistoryCountsLikeACounterPerOffset() {
        Seeds.forEach(200, random -> {
            DeliveryAttempts some = new DeliveryAttempts();
            Map<Long, Integer> counters = new HashMap<>();
            long committed = 0;
            for (int owner = 0; owner < 30; owner++) {
                some.begin(committed);
                long to = committed + random.nextInt(20);
                for (long offset = committed; offset < to; offset++) {
                    assertThat(some.next(offset)).isEqualTo(counters.merge(offset, 1, Integer::sum));
                }
                committed += random.nextInt((int) (to - committed) + 1);
            }
        });
    }
}
