package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchParserTest {

    private static final int FRAME_BYTES = 5;

    private final RecordBatch batch = RecordBatch.of(List.of(Records.record("key", "abc"), Records.record("de")));

    @Test
    void batchInTheStoredLayoutComesBackAsItIs() throws IOException {
        batch.stampProducer(1234567890123L, 7, 99);
        RecordBatch parsed = parse(message(batch));
        assertThat(parsed.bytes()).isEqualTo(batch.bytes());
    }

    @Test
    void fieldsInAnyOrderAndUnknownOnesGiveTheSame() throws IOException {
        byte[] stored = message(batch);
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        // records = 15 with a short length, in the first place
        int region = batch.sizeInBytes() - RecordBatch.HEADER_BYTES;
        other.write(0x7A);
        other.write(region);
        other.write(stored, RecordBatch.HEADER_BYTES - FRAME_BYTES, region);
        // unknown fields of every kind: 20 varint, 21 text, 22 fixed32, 23 fixed64
        other.writeBytes(bytes(0xA0, 1, 0x96, 1, 0xAA, 1, 2, 'h', 'i', 0xB5, 1, 1, 2, 3, 4));
        other.writeBytes(bytes(0xB9, 1, 1, 2, 3, 4, 5, 6, 7, 8));
        // all numbers, backwards, each 5 or 9 bytes of the stored header
        int[] at = {72, 67, 62, 53, 48, 43, 38, 10};
        int[] size = {5, 5, 5, 9, 5, 5, 5, 5};
        for (int i = 0; i < at.length; i++) {
            other.write(stored, at[i] - FRAME_BYTES, size[i]);
        }
        RecordBatch parsed = parse(other.toByteArray());
        parsed.requireSound(1 << 20, 1 << 20);
        assertThat(parsed.bytes()).isEqualTo(batch.bytes());
    }

    @Test
    void emptyMessageIsABatchThatIsNotSound() throws IOException {
        RecordBatch parsed = parse(new byte[0]);
        assertThatThrownBy(() -> parsed.requireSound(10, 10)).hasMessageContaining("magic");
    }

    @Test
    void lengthPastTheEndIsRefusedBeforeMemoryIsTaken() {
        assertThatThrownBy(() -> parse(bytes(0x7A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07)))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("2147483647");
        assertThatThrownBy(() -> parse(bytes(0x7A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F)))
                .isInstanceOf(InvalidBatchException.class);
    }

    @Test
    void streamThatEndsEarlyIsNoticed() {
        assertThatThrownBy(() -> BatchParser.parse(new ProtoInput(new ByteArrayInputStream(bytes(0x7A, 5, 1, 2)), 20)))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void arbitraryBytesAreRefusedOrGiveABatch() {
        Seeds.forEach(5000, random -> {
            byte[] noise = Records.noise(random, 100).array();
            try {
                assertThat(parse(noise).sizeInBytes()).isLessThan(300);
            } catch (InvalidBatchException e) {
                assertThat(e).hasMessageContaining("protobuf");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static RecordBatch parse(byte[] message) throws IOException {
        return BatchParser.parse(new ProtoInput(new ByteArrayInputStream(message), message.length));
    }

    /** Without the frame that makes it a field of another message. */
    private static byte[] message(RecordBatch batch) {
        ByteBuffer bytes = batch.bytes();
        byte[] message = new byte[bytes.remaining() - FRAME_BYTES];
        bytes.position(FRAME_BYTES).get(message);
        return message;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
