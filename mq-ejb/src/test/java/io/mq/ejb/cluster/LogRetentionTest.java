package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LogRetentionTest {

    private final LogRetention retention = new LogRetention();

    @Test
    void everythingIsForgottenWhereNobodyFollows() {
        assertThat(retention.release(100, Map.of(), 0)).isEqualTo(100);
    }

    @Test
    void whatAFollowerTakesOverIsKept() {
        assertThat(retention.release(100, Map.of("b", 100L, "c", 40L), 0)).isEqualTo(40);
        assertThat(retention.release(200, Map.of("b", 200L, "c", 150L), 0)).isEqualTo(150);
        assertThat(retention.release(300, Map.of("b", 310L, "c", 300L), 0)).isEqualTo(300);
    }

    @Test
    void whoeverTakesOverNothingHoldsNobodyUp() {
        assertThat(retention.release(100, Map.of("b", 40L), 0)).isEqualTo(40);
        assertThat(retention.release(200, Map.of("b", 40L), 0)).isEqualTo(200);
        assertThat(retention.release(300, Map.of("b", 250L), 0)).isEqualTo(250);
    }

    @Test
    void logThatBecomesTooLargeIsForgottenAllTheSame() {
        assertThat(retention.release(100, Map.of("b", 40L), LogRetention.BYTES_MAX))
                .isEqualTo(40);
        assertThat(retention.release(200, Map.of("b", 50L), LogRetention.BYTES_MAX + 1))
                .isEqualTo(200);
    }
}
