package io.mq.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {

    @Test
    void ofAnOddNumberIsTheMiddleOne() {
        assertThat(Median.of(List.of(30.0, 10.0, 20.0))).isEqualTo(20);
        assertThat(Median.of(List.of(7.0))).isEqualTo(7);
    }

    @Test
    void ofAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Median.of(List.of(40.0, 10.0, 20.0, 31.0))).isEqualTo(25.5);
    }
}
