package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateTest {

    private final Rate rate = new Rate();

    @Test
    void steadyFlowIsItsRate() {
        for (int second = 1; second <= 100; second++) {
            rate.sample(50L * second, 1);
        }
        assertThat(rate.perSecond()).isCloseTo(50, within(0.1));
    }

    @Test
    void flowThatEndsIsForgottenWithinAMinute() {
        for (int second = 1; second <= 100; second++) {
            rate.sample(1000L * second, 1);
        }
        for (int second = 0; second < 60; second++) {
            rate.sample(100_000, 1);
        }
        assertThat(rate.perSecond()).isLessThan(5);
    }

    @Test
    void lengthOfTheSamplesChangesNothing() {
        Rate fine = new Rate();
        for (int tenth = 1; tenth <= 200; tenth++) {
            fine.sample(5L * tenth, 0.1);
        }
        for (int second = 1; second <= 20; second++) {
            rate.sample(50L * second, 1);
        }
        assertThat(fine.perSecond()).isCloseTo(rate.perSecond(), within(0.5));
    }
}
