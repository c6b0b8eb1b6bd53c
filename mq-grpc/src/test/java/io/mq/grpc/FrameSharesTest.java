package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameSharesTest {

    private final FrameShares shares = new FrameShares();

    private void begin(int streams) {
        for (int i = 0; i < streams; i++) {
            shares.began();
        }
    }

    @Test
    void streamAloneHasAllThatOneMayHave() {
        assertThat(shares.each()).isEqualTo(FrameShares.MAX);
        begin(1);
        assertThat(shares.each()).isEqualTo(FrameShares.MAX);
    }

    @Test
    void manyStreamsShare() {
        begin(8);
        assertThat(shares.each()).isEqualTo(128);
        begin(10_000);
        assertThat(shares.each()).isEqualTo(FrameShares.MIN);
    }

    @Test
    void streamThatIsThroughLeavesItsShareToTheOthers() {
        begin(8);
        shares.ended();
        shares.ended();
        shares.ended();
        shares.ended();
        assertThat(shares.each()).isEqualTo(256);
    }
}
