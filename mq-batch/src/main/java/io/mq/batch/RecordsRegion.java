package io.mq.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The records of a batch as they lie one behind the other before compression: an encoded {@code mq.Records}. */
final class RecordsRegion {

    /** An empty record is its tag and its length. */
    static final int RECORD_BYTES_MIN = 2;

    /** Field 1 of {@code mq.Records}. */
    static final int RECORD_TAG = 0x0A;

    private RecordsRegion() {}

    /**
     * Each record's bytes.
     *
     * @throws InvalidBatchException where the region is not that of so many records
     */
    static List<ByteBuffer> split(ByteBuffer region, int count) {
        List<ByteBuffer> records = new ArrayList<>(Math.min(count, region.remaining() / RECORD_BYTES_MIN));
        while (region.hasRemaining()) {
            requireTag(region);
            records.add(RecordCodec.lengthDelimited(region));
        }
        requireCount(count, records.size());
        return records;
    }

    /** @throws InvalidBatchException where the region is not that of so many records of at most so many bytes */
    static void requireSound(ByteBuffer region, int count, int recordBytesMax) {
        int found = 0;
        while (region.hasRemaining()) {
            requireTag(region);
            int length = Varint.get(region);
            if (length < 0 || length > region.remaining()) {
                throw new InvalidBatchException("records: record %d goes past their end".formatted(found));
            }
            if (length > recordBytesMax) {
                throw new InvalidBatchException("records: record %d has %d bytes, at most %d are allowed"
                        .formatted(found, length, recordBytesMax));
            }
            region.position(region.position() + length);
            found++;
        }
        requireCount(count, found);
    }

    private static void requireTag(ByteBuffer region) {
        byte tag = region.get();
        if (tag != RECORD_TAG) {
            throw new InvalidBatchException(
                    "records are not an encoded mq.Records: expected tag %02x, found %02x".formatted(RECORD_TAG, tag));
        }
    }

    private static void requireCount(int expected, int found) {
        if (found != expected) {
            throw new InvalidBatchException("count: expected %d, found %d records".formatted(expected, found));
        }
    }
}
