package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, (1 << 28) - 1, 1 << 28, Integer.MAX_VALUE})
    void whatIsPutIsGot(int value) {
        ByteBuffer buffer = ByteBuffer.allocate(5);
        Varint.put(buffer, value);
        assertThat(buffer.position()).isEqualTo(Varint.sizeOf(value));
        assertThat(Varint.get(buffer.flip())).isEqualTo(value);
        assertThat(buffer.hasRemaining()).isFalse();
    }

    @Test
    void examplesOfTheProtobufPageAreRead() {
        assertThat(Varint.get(bytes(0x01))).isEqualTo(1);
        assertThat(Varint.get(bytes(0x96, 0x01))).isEqualTo(150);
    }

    @Test
    void numberThatEndsEarlyIsRefused() {
        assertThat(Varint.get(bytes())).isEqualTo(-1);
        assertThat(Varint.get(bytes(0x80))).isEqualTo(-1);
        assertThat(Varint.get(bytes(0xFF, 0xFF, 0xFF, 0xFF))).isEqualTo(-1);
    }

    @Test
    void numberOfMoreThan31BitsIsRefused() {
        assertThat(Varint.get(bytes(0xFF, 0xFF, 0xFF, 0xFF, 0x07))).isEqualTo(Integer.MAX_VALUE);
        assertThat(Varint.get(bytes(0x80, 0x80, 0x80, 0x80, 0x08))).isEqualTo(-1);
        assertThat(Varint.get(bytes(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01)))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_384, 2_097_152, Varint.PADDED_LENGTH_MAX})
    void paddedLengthIsReadBackAndIsAnOrdinaryVarintToo(int value) {
        ByteBuffer buffer = ByteBuffer.allocate(6);
        Varint.putPaddedLength(buffer, 1, value);
        assertThat(Varint.getPaddedLength(buffer, 1)).isEqualTo(value);
        assertThat(Varint.get(buffer.slice(1, 4))).isEqualTo(value);
    }

    @Test
    void lengthThatIsNotPaddedIsRefused() {
        assertThat(Varint.getPaddedLength(bytes(0x05, 0x80, 0x80, 0x00), 0)).isEqualTo(-1);
        assertThat(Varint.getPaddedLength(bytes(0x85, 0x00, 0x80, 0x00), 0)).isEqualTo(-1);
        assertThat(Varint.getPaddedLength(bytes(0x85, 0x80, 0x00, 0x00), 0)).isEqualTo(-1);
        assertThat(Varint.getPaddedLength(bytes(0x85, 0x80, 0x80, 0x80), 0)).isEqualTo(-1);
    }

    @Test
    void arbitraryBytesGiveANumberOrARefusal() {
        Seeds.forEach(2000, random -> {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(Varint.get(ByteBuffer.wrap(bytes))).isGreaterThanOrEqualTo(-1);
        });
    }
}
