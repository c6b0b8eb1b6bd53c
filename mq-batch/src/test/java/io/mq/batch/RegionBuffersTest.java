package io.mq.batch;

import static io.mq.batch.RegionBuffers.KEPT_BYTES_MAX;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RegionBuffersTest {

    private final RegionBuffers buffers = new RegionBuffers();

    @Test
    void bufferIsUsedAgainForWhatFitsIt() {
        byte[] first = buffers.get(1000);
        assertThat(buffers.get(10)).isSameAs(first);
        assertThat(buffers.get(1000)).isSameAs(first);
        assertThat(buffers.get(1001)).hasSizeGreaterThanOrEqualTo(1001).isNotSameAs(first);
    }

    @Test
    void largestIsNotKept() {
        byte[] most = buffers.get(KEPT_BYTES_MAX);
        assertThat(most).hasSize(KEPT_BYTES_MAX);
        assertThat(buffers.get(KEPT_BYTES_MAX + 1)).hasSize(KEPT_BYTES_MAX + 1);
        assertThat(buffers.get(1)).isSameAs(most);
    }

    @Test
    void bufferGrowsInAFewStepsHoweverSlowlyRegionsDo() {
        int buffersMade = 0;
        byte[] last = null;
        for (int bytes = 1; bytes <= KEPT_BYTES_MAX; bytes++) {
            byte[] next = buffers.get(bytes);
            buffersMade += next == last ? 0 : 1;
            last = next;
        }
        assertThat(buffersMade).isLessThan(25);
        assertThat(last).hasSize(KEPT_BYTES_MAX);
    }

    @Test
    void eachThreadHasItsOwnBuffer() throws InterruptedException {
        byte[] mine = buffers.get(10);
        List<byte[]> others = new CopyOnWriteArrayList<>();
        Thread other = new Thread(() -> others.add(buffers.get(10)));
        other.start();
        other.join();
        assertThat(others).singleElement().isNotSameAs(mine);
    }
}
