package io.mq.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A run of records that is produced, journaled, stored and delivered as one piece. Its bytes are the protobuf message
 * {@code mq.RecordBatch}, framed as element of a {@code repeated RecordBatch batches = 1} field: a stretch of a segment
 * file is, as it stands, the body of an answer that lists batches.
 *
 * <p>All header fields have a fixed width, so the server stamps its own (offset, time, epoch) in place. Two checksums
 * divide the work: the producer's covers what it wrote and is carried unchanged to the consumer; the server's covers
 * the header, the producer's checksum included.
 *
 * <table>
 * <caption>Layout, numbers little-endian</caption>
 * <tr><th>at</th><th>bytes</th><th>content</th></tr>
 * <tr><td>0</td><td>0A + 4</td><td>frame: tag of field 1, then the length of all that follows, padded to 4 bytes</td></tr>
 * <tr><td>5</td><td>0D + 4</td><td>1 header_crc: CRC32C of bytes 10 to 82; stamped</td></tr>
 * <tr><td>10</td><td>15 + 4</td><td>2 magic: 'M' 'Q' 'B' and the format version, 1</td></tr>
 * <tr><td>15</td><td>19 + 8</td><td>3 base_offset: of the first record; stamped</td></tr>
 * <tr><td>24</td><td>21 + 8</td><td>4 append_time: milliseconds since 1970; stamped</td></tr>
 * <tr><td>33</td><td>2D + 4</td><td>5 leader_epoch; stamped</td></tr>
 * <tr><td>38</td><td>35 + 4</td><td>6 count: records, at least 1</td></tr>
 * <tr><td>43</td><td>3D + 4</td><td>7 attributes: bits 0 to 2 the codec, the rest 0</td></tr>
 * <tr><td>48</td><td>45 + 4</td><td>8 uncompressed_size: of the records region</td></tr>
 * <tr><td>53</td><td>49 + 8</td><td>9 producer_id: 0 for none</td></tr>
 * <tr><td>62</td><td>55 + 4</td><td>10 producer_epoch</td></tr>
 * <tr><td>67</td><td>5D + 4</td><td>11 base_sequence</td></tr>
 * <tr><td>72</td><td>65 + 4</td><td>12 records_crc: CRC32C of count, attributes, uncompressed_size (4 bytes each) and
 *     the records region</td></tr>
 * <tr><td>77</td><td>7A + 4</td><td>15 records: length padded to 4 bytes, then the region: {@code mq.Records},
 *     compressed as a whole where a codec is set</td></tr>
 * </table>
 *
 * <p>Recovery rule: a batch is whole when its length fits what is there, both checksums match, and its base offset is
 * the one expected at its place.
 *
 * <p>Not thread-safe while it is stamped; afterwards nothing changes it.
 */
public final class RecordBatch {

    /** Bytes before the records region, the frame included. */
    public static final int HEADER_BYTES = 82;

    /** The largest batch that the padded lengths can frame. */
    public static final int BYTES_MAX = Varint.PADDED_LENGTH_MAX;

    private static final int FRAME_BYTES = 1 + Varint.PADDED_LENGTH_BYTES;
    private static final int MAGIC = 'M' | 'Q' << 8 | 'B' << 16 | 1 << 24;

    private static final int HEADER_CRC_AT = 6;
    private static final int CRC_COVERS_FROM = 10;
    private static final int MAGIC_AT = 11;
    private static final int BASE_OFFSET_AT = 16;
    private static final int APPEND_TIME_AT = 25;
    private static final int LEADER_EPOCH_AT = 34;
    private static final int COUNT_AT = 39;
    private static final int ATTRIBUTES_AT = 44;
    private static final int UNCOMPRESSED_SIZE_AT = 49;
    private static final int PRODUCER_ID_AT = 54;
    private static final int PRODUCER_EPOCH_AT = 63;
    private static final int BASE_SEQUENCE_AT = 68;
    private static final int RECORDS_CRC_AT = 73;
    private static final int RECORDS_LENGTH_AT = 78;

    /** What every header holds before a value is put in: the tags. */
    private static final byte[] TEMPLATE = template();

    private final ByteBuffer bytes;

    private RecordBatch(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Views the batch that fills {@code bytes} from position to limit; call {@link #damage()} before trusting it. */
    public static RecordBatch wrap(ByteBuffer bytes) {
        return new RecordBatch(bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Makes a batch of these records, uncompressed, not yet stamped. */
    public static RecordBatch of(List<Record> records) {
        int regionSize = 0;
        for (Record record : records) {
            regionSize = Math.addExact(regionSize, BatchBuilder.sizeOf(record));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(HEADER_BYTES, regionSize));
        bytes.position(HEADER_BYTES);
        for (Record record : records) {
            BatchBuilder.encode(record, RecordCodec.sizeOf(record), bytes);
        }
        return around(bytes.array(), records.size(), Compression.NONE, regionSize);
    }

    /** Puts a header before a records region; {@code bytes} has the region after room for the header. */
    static RecordBatch around(byte[] bytes, int count, Compression compression, int uncompressedSize) {
        RecordBatch batch = around(bytes);
        batch.bytes.putInt(COUNT_AT, count);
        batch.bytes.putInt(ATTRIBUTES_AT, compression.number());
        batch.bytes.putInt(UNCOMPRESSED_SIZE_AT, uncompressedSize);
        batch.bytes.putInt(RECORDS_CRC_AT, batch.computeRecordsCrc());
        return batch;
    }

    private static RecordBatch around(byte[] bytes) {
        System.arraycopy(TEMPLATE, 0, bytes, 0, HEADER_BYTES);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Varint.putPaddedLength(buffer, 1, bytes.length - FRAME_BYTES);
        Varint.putPaddedLength(buffer, RECORDS_LENGTH_AT, bytes.length - HEADER_BYTES);
        buffer.putInt(MAGIC_AT, MAGIC);
        return new RecordBatch(buffer);
    }

    /** The batch of a producer whose fields came in some other encoding; {@link #requireSound} checks it. */
    static RecordBatch received(
            byte[] bytes,
            int magic,
            int count,
            int attributes,
            int uncompressedSize,
            long producerId,
            int producerEpoch,
            int baseSequence,
            int recordsCrc) {
        RecordBatch batch = around(bytes);
        batch.bytes
                .putInt(MAGIC_AT, magic)
                .putInt(COUNT_AT, count)
                .putInt(ATTRIBUTES_AT, attributes)
                .putInt(UNCOMPRESSED_SIZE_AT, uncompressedSize)
                .putLong(PRODUCER_ID_AT, producerId)
                .putInt(PRODUCER_EPOCH_AT, producerEpoch)
                .putInt(BASE_SEQUENCE_AT, baseSequence)
                .putInt(RECORDS_CRC_AT, recordsCrc);
        return batch;
    }

    /**
     * The size of the batch that starts at {@code at}, from its frame alone.
     *
     * @return the size, or -1 where no frame starts there or fewer bytes than a frame are left
     */
    public static int frameSize(ByteBuffer source, int at) {
        if (source.limit() - at < FRAME_BYTES || source.get(at) != 0x0A) {
            return -1;
        }
        int length = Varint.getPaddedLength(source, at + 1);
        return length < HEADER_BYTES - FRAME_BYTES ? -1 : FRAME_BYTES + length;
    }

    public int sizeInBytes() {
        return bytes.limit();
    }

    public long baseOffset() {
        return bytes.getLong(BASE_OFFSET_AT);
    }

    /** The offset after the last record. */
    public long nextOffset() {
        return baseOffset() + count();
    }

    public long appendTimeMillis() {
        return bytes.getLong(APPEND_TIME_AT);
    }

    public Compression compression() {
        return Compression.of(bytes.getInt(ATTRIBUTES_AT));
    }

    /** Bytes of the records region before compression, as the producer says. */
    public int uncompressedSize() {
        return bytes.getInt(UNCOMPRESSED_SIZE_AT);
    }

    /** 0 for a producer that does not ask for its retries to be recognised. */
    public long producerId() {
        return bytes.getLong(PRODUCER_ID_AT);
    }

    public int producerEpoch() {
        return bytes.getInt(PRODUCER_EPOCH_AT);
    }

    /** The number of the first record among all that its producer has sent to the partition. */
    public int baseSequence() {
        return bytes.getInt(BASE_SEQUENCE_AT);
    }

    public int leaderEpoch() {
        return bytes.getInt(LEADER_EPOCH_AT);
    }

    public int count() {
        return bytes.getInt(COUNT_AT);
    }

    /** All bytes, ready to be written. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Says whose batch it is, in which of its lives, and its place among its batches. */
    public void stampProducer(long producerId, int producerEpoch, int baseSequence) {
        bytes.putLong(PRODUCER_ID_AT, producerId);
        bytes.putInt(PRODUCER_EPOCH_AT, producerEpoch);
        bytes.putInt(BASE_SEQUENCE_AT, baseSequence);
    }

    /** Says when the batch reached the broker. Part of the journaled command, so that replicas agree. */
    public void stampAppendTime(long appendTimeMillis) {
        bytes.putLong(APPEND_TIME_AT, appendTimeMillis);
    }

    /** Gives the batch its place in the log and seals the header. */
    public void stamp(long baseOffset, int leaderEpoch) {
        bytes.putLong(BASE_OFFSET_AT, baseOffset);
        bytes.putInt(LEADER_EPOCH_AT, leaderEpoch);
        bytes.putInt(HEADER_CRC_AT, computeHeaderCrc());
    }

    /**
     * The records, each as the bytes of one {@code mq.Record}; {@link RecordCodec#decode} reads them.
     *
     * @throws InvalidBatchException where the region does not hold what the header says: nobody has looked into a
     *     compressed one before
     */
    public List<ByteBuffer> records() {
        return RecordsRegion.split(compression().decompress(region(), uncompressedSize()), count());
    }

    /** What lies behind the header, compressed or not. */
    private ByteBuffer region() {
        return bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES);
    }

    /**
     * Refuses a producer's batch, not stamped yet, whose parts do not add up. A compressed region is not looked into: that
     * takes {@link #requireSoundRestored}.
     *
     * @param recordBytesMax the largest encoded record of an uncompressed region
     * @param uncompressedBytesMax the largest region that anyone is to restore from this batch
     * @throws InvalidBatchException naming the field, what it should be and what it is
     */
    public void requireSound(int recordBytesMax, int uncompressedBytesMax) {
        int magic = bytes.getInt(MAGIC_AT);
        if (magic != MAGIC) {
            throw new InvalidBatchException("magic: expected %08x, found %08x".formatted(MAGIC, magic));
        }
        Compression codec = compression();
        int size = uncompressedSize();
        int regionSize = bytes.limit() - HEADER_BYTES;
        if (size < 0 || size > uncompressedBytesMax) {
            throw new InvalidBatchException("uncompressed_size: at most %d allowed, found %d"
                    .formatted(uncompressedBytesMax, Integer.toUnsignedLong(size)));
        }
        if (codec == Compression.NONE && size != regionSize) {
            throw new InvalidBatchException(
                    "uncompressed_size: expected %d, the size of the records, found %d".formatted(regionSize, size));
        }
        if (count() < 1 || count() > size / RecordsRegion.RECORD_BYTES_MIN) {
            throw new InvalidBatchException("count: expected 1 to %d records in %d bytes, found %d"
                    .formatted(size / RecordsRegion.RECORD_BYTES_MIN, size, Integer.toUnsignedLong(count())));
        }
        int crc = computeRecordsCrc();
        if (bytes.getInt(RECORDS_CRC_AT) != crc) {
            throw new InvalidBatchException(
                    "records_crc: expected %08x, found %08x".formatted(crc, bytes.getInt(RECORDS_CRC_AT)));
        }
        if (codec == Compression.NONE) {
            RecordsRegion.requireSound(region(), count(), recordBytesMax);
        }
    }

    /**
     * Refuses a batch whose compressed region does not hold what the header says. One that is not compressed was looked
     * into by {@link #requireSound}, which must have found this one in order: it bounds what is restored here.
     *
     * @param recordBytesMax the largest encoded record
     * @throws InvalidBatchException naming the field, what it should be and what it is
     */
    public void requireSoundRestored(int recordBytesMax, RegionBuffers buffers) {
        Compression codec = compression();
        if (codec == Compression.NONE) {
            return;
        }
        int size = uncompressedSize();
        byte[] restored = buffers.get(size);
        codec.decompress(region(), restored, size);
        codec.requireOne(region());
        RecordsRegion.requireSound(ByteBuffer.wrap(restored, 0, size), count(), recordBytesMax);
    }

    /** What is wrong with the header, as far as the header alone tells; empty for a sound one. */
    public Optional<String> headerDamage() {
        if (bytes.limit() < HEADER_BYTES) {
            return Optional.of("batch header cut short: expected " + HEADER_BYTES + " bytes, found " + bytes.limit());
        }
        if (bytes.getInt(MAGIC_AT) != MAGIC) {
            return Optional.of("batch magic: expected %08x, found %08x".formatted(MAGIC, bytes.getInt(MAGIC_AT)));
        }
        return mismatch("batch header CRC", bytes.getInt(HEADER_CRC_AT), computeHeaderCrc())
                .or(this::frameDamage);
    }

    /** The bytes before the header's checksum, which no checksum covers, can be told from those that it covers. */
    private Optional<String> frameDamage() {
        int expected = HEADER_BYTES + Varint.getPaddedLength(bytes, RECORDS_LENGTH_AT);
        int found = frameSize(bytes, 0);
        if (found != expected) {
            return Optional.of("batch length: expected %d, found %d in its frame".formatted(expected, found));
        }
        byte tag = bytes.get(FRAME_BYTES);
        return tag == TEMPLATE[FRAME_BYTES]
                ? Optional.empty()
                : Optional.of("batch header tag: expected %02x, found %02x".formatted(TEMPLATE[FRAME_BYTES], tag));
    }

    /** What is wrong with a stamped batch: the first rule it breaks, with expected and found; empty for a sound one. */
    public Optional<String> damage() {
        Optional<String> inHeader = headerDamage();
        if (inHeader.isPresent()) {
            return inHeader;
        }
        if (frameSize(bytes, 0) != bytes.limit()) {
            return Optional.of(
                    "batch length: frame says %d, %d are here".formatted(frameSize(bytes, 0), bytes.limit()));
        }
        return mismatch("batch records CRC", bytes.getInt(RECORDS_CRC_AT), computeRecordsCrc());
    }

    private static Optional<String> mismatch(String what, int expected, int found) {
        return expected == found
                ? Optional.empty()
                : Optional.of("%s: expected %08x, found %08x".formatted(what, expected, found));
    }

    private int computeHeaderCrc() {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(CRC_COVERS_FROM, HEADER_BYTES - CRC_COVERS_FROM));
        return (int) crc.getValue();
    }

    private int computeRecordsCrc() {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(COUNT_AT, Integer.BYTES));
        crc.update(bytes.slice(ATTRIBUTES_AT, Integer.BYTES));
        crc.update(bytes.slice(UNCOMPRESSED_SIZE_AT, Integer.BYTES));
        crc.update(region());
        return (int) crc.getValue();
    }

    private static byte[] template() {
        byte[] header = new byte[HEADER_BYTES];
        header[0] = 0x0A;
        int[] tagAt = {5, 10, 15, 24, 33, 38, 43, 48, 53, 62, 67, 72, 77};
        int[] tags = {0x0D, 0x15, 0x19, 0x21, 0x2D, 0x35, 0x3D, 0x45, 0x49, 0x55, 0x5D, 0x65, 0x7A};
        for (int i = 0; i < tags.length; i++) {
            header[tagAt[i]] = (byte) tags[i];
        }
        return header;
    }
}
