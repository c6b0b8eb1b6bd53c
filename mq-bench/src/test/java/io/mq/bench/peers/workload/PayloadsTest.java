package io.mq.bench.peers.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PayloadsTest {

    @Test
    void onlyTheHeadOfACopyChanges() {
        byte[] payload = Payloads.random(100);

        byte[] copy = Payloads.withHead(payload, 42);

        assertThat(ByteBuffer.wrap(copy).getLong(0)).isEqualTo(42);
        assertThat(Arrays.copyOfRange(copy, Long.BYTES, 100)).isEqualTo(Arrays.copyOfRange(payload, Long.BYTES, 100));
        assertThat(payload).isEqualTo(Payloads.random(100));
    }
}
