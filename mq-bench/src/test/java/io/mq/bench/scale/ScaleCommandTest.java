package io.mq.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.compare.Comparison.Medians;
import io.mq.bench.server.ServerMemory.Footprint;
import org.junit.jupiter.api.Test;

class ScaleCommandTest {

    @Test
    void eachSubscriptionTakesItsShareOfWhatWasAdded() {
        Footprint one = new Footprint(50_000_000, 300_000_000);
        Footprint thousand = new Footprint(59_990_000, 319_980_000);

        assertThat(ScaleCommand.each(one, thousand, 999))
                .containsEntry("heap_bytes_each", 10_000L)
                .containsEntry("rss_bytes_each", 20_000L);
    }

    @Test
    void lessMemoryThanBeforeIsToldAsItIs() {
        assertThat(ScaleCommand.each(new Footprint(1000, 2000), new Footprint(900, 1000), 100))
                .containsEntry("heap_bytes_each", -1L)
                .containsEntry("rss_bytes_each", -10L);
    }

    @Test
    void theRatioIsThatOfManyToOne() {
        assertThat(ScaleCommand.figures(1000, new Medians(80, 100)))
                .containsEntry("count", 1000L)
                .containsEntry("published_per_s", 80.0)
                .containsEntry("published_per_s_with_1", 100.0)
                .containsEntry("ratio", 0.8);
    }
}
