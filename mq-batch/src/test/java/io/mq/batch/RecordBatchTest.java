package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordBatchTest {

    private static final long TIME = 1_767_225_600_000L;

    private static List<Record> records(RecordBatch batch) {
        return batch.records().stream().map(RecordCodec::decode).toList();
    }

    private static ByteBuffer copy(RecordBatch batch) {
        return ByteBuffer.wrap(Records.content(batch.bytes()));
    }

    @Test
    void recordsComeBackInTheirOrder() {
        RecordBatch batch =
                Records.stamped(40, TIME, Records.record("a", "1"), Records.record(""), Records.record("c"));
        RecordBatch found = RecordBatch.wrap(copy(batch));
        assertThat(found.damage()).isEmpty();
        assertThat(records(found)).containsExactly(Records.record("a", "1"), Records.record(""), Records.record("c"));
    }

    @Test
    void headerSaysPlaceTimeAndCount() {
        RecordBatch batch = RecordBatch.of(List.of(Records.record("a"), Records.record("b")));
        batch.stampAppendTime(TIME);
        batch.stamp(Long.MAX_VALUE - 10, 7);
        RecordBatch found = RecordBatch.wrap(copy(batch));
        assertThat(found.baseOffset()).isEqualTo(Long.MAX_VALUE - 10);
        assertThat(found.nextOffset()).isEqualTo(Long.MAX_VALUE - 8);
        assertThat(found.appendTimeMillis()).isEqualTo(TIME);
        assertThat(found.leaderEpoch()).isEqualTo(7);
        assertThat(found.count()).isEqualTo(2);
        assertThat(found.sizeInBytes()).isEqualTo(batch.bytes().remaining());
    }

    @Test
    void anyRecordsComeBack() {
        Seeds.forEach(500, random -> {
            List<Record> records = new ArrayList<>();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                records.add(Records.any(random));
            }
            RecordBatch batch = Records.stamped(random.nextLong() >>> 1, TIME, records.toArray(Record[]::new));
            assertThat(batch.damage()).isEmpty();
            List<Record> found = records(RecordBatch.wrap(copy(batch)));
            assertThat(found)
                    .extracting(Record::payload)
                    .isEqualTo(records.stream().map(Record::payload).toList());
            assertThat(found)
                    .extracting(Record::key)
                    .isEqualTo(records.stream().map(Record::key).toList());
        });
    }

    @Test
    void frameIsTheOneOfARepeatedProtobufField() {
        ByteBuffer bytes = copy(Records.stamped(0, TIME, Records.record("x")));
        assertThat(bytes.get(0)).as("tag of field 1").isEqualTo((byte) 0x0A);
        assertThat(Varint.get(bytes.slice(1, 4))).isEqualTo(bytes.limit() - 5);
        assertThat(RecordBatch.frameSize(bytes, 0)).isEqualTo(bytes.limit());
    }

    @Test
    void producersChecksumDoesNotChangeWithPlaceAndTime() {
        RecordBatch batch = Records.stamped(1, TIME, Records.record("x"));
        int before = copy(batch).order(ByteOrder.LITTLE_ENDIAN).getInt(73);
        batch.stampAppendTime(TIME + 1);
        batch.stamp(2, 3);
        assertThat(copy(batch).order(ByteOrder.LITTLE_ENDIAN).getInt(73)).isEqualTo(before);
        assertThat(batch.damage()).isEmpty();
    }

    @Test
    void anyFlippedBitIsFound() {
        byte[] sound = Records.content(
                Records.stamped(5, TIME, Records.record("key", "payload")).bytes());
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(RecordBatch.wrap(ByteBuffer.wrap(damaged)).damage())
                    .as("damage seen with bit %d of byte %d flipped", bit % 8, bit / 8)
                    .isPresent();
        }
    }

    @Test
    void flippedBitInTheHeaderIsFoundByTheHeaderAlone() {
        byte[] sound = Records.content(
                Records.stamped(5, TIME, Records.record("x".repeat(200))).bytes());
        for (int bit = 0; bit < RecordBatch.HEADER_BYTES * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(RecordBatch.wrap(ByteBuffer.wrap(damaged)).headerDamage())
                    .as("damage seen with bit %d of byte %d flipped", bit % 8, bit / 8)
                    .isPresent();
        }
    }

    @Test
    void batchCutAtAnyByteIsFound() {
        byte[] sound = Records.content(
                Records.stamped(5, TIME, Records.record("payload")).bytes());
        for (int length = 0; length < sound.length; length++) {
            assertThat(RecordBatch.wrap(ByteBuffer.wrap(sound, 0, length)).damage())
                    .as("damage seen in the first %d bytes", length)
                    .isPresent();
        }
    }

    @Test
    void damageSaysWhatWasExpectedAndFound() {
        ByteBuffer bytes = copy(Records.stamped(5, TIME, Records.record("payload")));
        bytes.put(bytes.limit() - 1, (byte) 'X');
        assertThat(RecordBatch.wrap(bytes).damage().orElseThrow())
                .matches("batch records CRC: expected [0-9a-f]{8}, found [0-9a-f]{8}");
        bytes.put(11, (byte) 'X');
        assertThat(RecordBatch.wrap(bytes).damage().orElseThrow()).startsWith("batch magic: expected ");
    }

    @Test
    void batchOfAnotherVersionIsRefusedThoughItsChecksumsAreRight() {
        RecordBatch batch = Records.stamped(5, TIME, Records.record("payload"));
        batch.bytes().put(14, (byte) 2);
        batch.stamp(5, 0);
        assertThat(batch.damage().orElseThrow()).matches("batch magic: expected 0142514d, found 0242514d");
    }

    @Test
    void arbitraryBytesAreDamagedAndNothingElseHappens() {
        Seeds.forEach(5000, random -> {
            ByteBuffer noise = Records.noise(random, 300);
            assertThat(RecordBatch.wrap(noise).damage()).isPresent();
            assertThat(RecordBatch.frameSize(noise, 0)).isGreaterThanOrEqualTo(-1);
        });
    }

    /** Both checksums can be right over a region that is none: a client makes them. */
    @Test
    void arbitraryRegionGivesRecordsOrARefusal() {
        Seeds.forEach(5000, random -> {
            ByteBuffer bytes = copy(Records.stamped(0, TIME, Records.record("x".repeat(100))));
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                int at = RecordBatch.HEADER_BYTES + random.nextInt(bytes.limit() - RecordBatch.HEADER_BYTES);
                bytes.put(at, (byte) random.nextInt());
            }
            try {
                RecordBatch.wrap(bytes).records().forEach(RecordCodec::decode);
            } catch (InvalidBatchException e) {
                assertThat(e).hasMessageContaining("mq.Record");
            }
        });
    }

    @Test
    void frameOfFewerThanFiveBytesOrAnotherTagIsNone() {
        ByteBuffer bytes = copy(Records.stamped(0, TIME, Records.record("x")));
        assertThat(RecordBatch.frameSize(bytes.slice(0, 4), 0)).isEqualTo(-1);
        assertThat(RecordBatch.frameSize(bytes, bytes.limit())).isEqualTo(-1);
        assertThat(RecordBatch.frameSize(bytes, 1)).isEqualTo(-1);
    }
}
