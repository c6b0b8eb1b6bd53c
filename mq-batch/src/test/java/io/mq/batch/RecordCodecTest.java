package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.batch.Record.Header;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

    private static ByteBuffer encoded(Record record) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordCodec.sizeOf(record));
        RecordCodec.encode(record, bytes);
        assertThat(bytes.hasRemaining()).as("room left by sizeOf").isFalse();
        return bytes.flip();
    }

    private static Record roundTrip(Record record) {
        return RecordCodec.decode(encoded(record));
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    @Test
    void keyPayloadAndHeadersComeBack() {
        Record record =
                Records.record("key", "payload", new Header("a", "1"), new Header("a", "2"), new Header("", ""));
        assertThat(roundTrip(record)).isEqualTo(record);
    }

    @Test
    void emptyKeyIsAnotherThanNone() {
        assertThat(roundTrip(Records.record("", "x")).key())
                .hasValueSatisfying(key -> assertThat(key.remaining()).isZero());
        assertThat(roundTrip(Records.record("x")).key()).isEmpty();
    }

    @Test
    void emptyPayloadComesBackEmpty() {
        assertThat(roundTrip(Records.record("")).payload().remaining()).isZero();
    }

    @Test
    void encodingTwiceGivesTheSameBytes() {
        Record record = Records.record("key", "payload", new Header("a", "1"));
        assertThat(encoded(record)).isEqualTo(encoded(record));
    }

    /** {@code protoc --decode} of these bytes with mq.proto gives payload "Hi", headers {"k": "v"}, key "K". */
    @Test
    void bytesAreThoseOfTheProtobufMessage() {
        ByteBuffer expected = bytes(0x12, 2, 'H', 'i', 0x1A, 6, 0x0A, 1, 'k', 0x12, 1, 'v', 0x32, 1, 'K');
        assertThat(encoded(Records.record("K", "Hi", new Header("k", "v")))).isEqualTo(expected);
    }

    @Test
    void anyRecordComesBackAsItsUtf8() {
        Seeds.forEach(2000, random -> {
            Record record = Records.any(random);
            Record found = roundTrip(record);
            assertThat(found.key()).isEqualTo(record.key());
            assertThat(found.payload()).isEqualTo(record.payload());
            assertThat(found.headers())
                    .isEqualTo(record.headers().stream()
                            .map(header -> new Header(asUtf8(header.name()), asUtf8(header.value())))
                            .toList());
        });
    }

    private static String asUtf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Test
    void headerSizeIsThatOfItsUtf8() {
        Seeds.forEach(2000, random -> {
            String name = Records.text(random, 10);
            String value = Records.text(random, 10);
            int expected = name.getBytes(StandardCharsets.UTF_8).length + value.getBytes(StandardCharsets.UTF_8).length;
            assertThat(RecordCodec.headersSize(List.of(new Header(name, value))))
                    .isEqualTo(expected);
        });
    }

    @Test
    void sizeCountsKeyPayloadAndHeaders() {
        Record record = Records.record("key", "payload", new Header("ä", "€"));
        assertThat(record.sizeInBytes()).isEqualTo(3 + 7 + 2 + 3);
        assertThat(record.headerBytes()).isEqualTo(5);
    }

    @Test
    void unknownFieldsOfEveryWireTypeArePassedOver() {
        ByteBuffer withUnknown = ByteBuffer.allocate(100)
                .put(bytes(0x40, 0x96, 0x01)) // field 8, number
                .put(bytes(0x49, 1, 2, 3, 4, 5, 6, 7, 8)) // field 9, 8 bytes
                .put(bytes(0x52, 3, 'a', 'b', 'c')) // field 10, length-delimited
                .put(bytes(0x5D, 1, 2, 3, 4)) // field 11, 4 bytes
                .put(encoded(Records.record("K", "Hi")))
                .flip();
        assertThat(RecordCodec.decode(withUnknown)).isEqualTo(Records.record("K", "Hi"));
    }

    @Test
    void lastOfARepeatedSingularFieldWins() {
        ByteBuffer twice = bytes(0x12, 1, 'a', 0x12, 1, 'b', 0x32, 1, 'x', 0x32, 1, 'y');
        assertThat(RecordCodec.decode(twice)).isEqualTo(Records.record("y", "b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12 02 61", // a length past the end
                "12", // a tag without a length
                "12 FF FF FF FF 0F", // a length of 32 bits
                "12 FF FF FF FF FF FF FF FF FF 01", // a length of 64 bits
                "00", // field 0
                "13", // a group
                "17", // no wire type
                "49 01 02", // a cut number of 8 bytes
                "5D 01", // a cut number of 4 bytes
                "40 FF FF", // a number that does not end
                "1A 03 0A 05 61", // a header's name past the header's end
                "FF FF FF FF FF 0F" // a tag of more than 31 bits
            })
    void bytesThatAreNoRecordAreRefused(String hex) {
        ByteBuffer source = bytes(List.of(hex.split(" ")).stream()
                .mapToInt(digits -> Integer.parseInt(digits, 16))
                .toArray());
        assertThatThrownBy(() -> RecordCodec.decode(source))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("mq.Record");
    }

    @Test
    void payloadAloneIsThatOfTheRecord() {
        Seeds.forEach(2000, random -> {
            ByteBuffer bytes = encoded(Records.any(random));
            assertThat(RecordCodec.payload(bytes))
                    .isEqualTo(RecordCodec.decode(bytes).payload());
        });
        // Of a field that comes twice, the last counts.
        ByteBuffer twice = bytes(0x12, 1, 'a', 0x12, 2, 'b', 'c');
        assertThat(RecordCodec.payload(twice)).isEqualTo(Records.bytes("bc"));
        assertThat(RecordCodec.payload(ByteBuffer.allocate(0)).hasRemaining()).isFalse();
    }

    @Test
    void arbitraryBytesGiveARecordOrARefusal() {
        Seeds.forEach(5000, random -> decodeOrRefuse(Records.noise(random, 64)));
    }

    @Test
    void damagedRecordGivesARecordOrARefusal() {
        Seeds.forEach(5000, random -> {
            ByteBuffer bytes = encoded(Records.any(random));
            damage(bytes, random);
            decodeOrRefuse(bytes);
        });
    }

    private static void damage(ByteBuffer bytes, RandomGenerator random) {
        for (int i = 1 + random.nextInt(4); i > 0 && bytes.hasRemaining(); i--) {
            bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
        }
    }

    private static void decodeOrRefuse(ByteBuffer bytes) {
        try {
            Record record = RecordCodec.decode(bytes);
            assertThat(record.sizeInBytes())
                    .as("bytes made of %d", bytes.limit())
                    .isLessThanOrEqualTo(3 * bytes.limit());
        } catch (InvalidBatchException e) {
            assertThat(e).hasMessageContaining("mq.Record");
        }
    }

    @Test
    void decodedBytesAreSharedAndNotCopied() {
        ByteBuffer source = encoded(new Record(Optional.empty(), Records.bytes("abc"), List.of()));
        Record record = RecordCodec.decode(source);
        source.put(source.limit() - 1, (byte) 'X');
        assertThat(record.payload()).isEqualTo(Records.bytes("abX"));
    }
}
