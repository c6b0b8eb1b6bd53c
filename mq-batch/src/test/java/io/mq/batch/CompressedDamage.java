package io.mq.batch;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a producer may get wrong in a compressed batch so that header and checksum say nothing of it, each with what is
 * said of it when the batch is restored.
 */
public enum CompressedDamage {
    NOT_COMPRESSED("records cannot be restored") {
        @Override
        byte[] compressed(Compression codec) {
            return region();
        }
    },
    CUT_SHORT("records cannot be restored") {
        @Override
        byte[] compressed(Compression codec) {
            byte[] sound = super.compressed(codec);
            return Arrays.copyOf(sound, sound.length - 1);
        }
    },
    BYTES_BEHIND_THE_END("records cannot be restored") {
        @Override
        byte[] compressed(Compression codec) {
            byte[] sound = super.compressed(codec);
            return Arrays.copyOf(sound, sound.length + 1);
        }
    },
    FEWER_RECORDS_THAN_COUNTED("count: expected 4, found 3 records") {
        @Override
        int count() {
            return 4;
        }
    },
    MORE_RECORDS_THAN_COUNTED("count: expected 2, found 3 records") {
        @Override
        int count() {
            return 2;
        }
    },
    FEWER_BYTES_THAN_DECLARED("uncompressed_size: expected ") {
        @Override
        int uncompressedSize() {
            return region().length + 1;
        }
    },
    MORE_BYTES_THAN_DECLARED("records cannot be restored") {
        @Override
        int uncompressedSize() {
            return region().length - 1;
        }
    },
    BOMB("records cannot be restored from %s to 1000 bytes") {
        @Override
        byte[] region() {
            return region("0".repeat(50 << 20));
        }

        @Override
        int count() {
            return 1;
        }

        @Override
        int uncompressedSize() {
            return 1000;
        }
    },
    RECORD_THAT_GOES_PAST_THE_END("records: record 1 goes past their end") {
        @Override
        byte[] region() {
            byte[] region = super.region();
            region[SECOND_RECORD_AT + 1] = 100;
            return region;
        }
    },
    FIELD_THAT_IS_NO_RECORD("expected tag 0a, found 12") {
        @Override
        byte[] region() {
            byte[] region = super.region();
            region[SECOND_RECORD_AT] = 0x12;
            return region;
        }
    };

    /** Behind the first one: its tag and length, its payload's, and three letters. */
    private static final int SECOND_RECORD_AT = 7;

    private final String text;

    CompressedDamage(String text) {
        this.text = text;
    }

    /** What is said of it. */
    public String text(Compression codec) {
        return text.formatted(codec);
    }

    /** A batch that has it. */
    public RecordBatch batch(Compression codec) {
        return batch(codec, compressed(codec), count(), uncompressedSize());
    }

    byte[] compressed(Compression codec) {
        return compress(codec, region());
    }

    byte[] region() {
        return region("abc", "def", "ghi");
    }

    int count() {
        return 3;
    }

    int uncompressedSize() {
        return region().length;
    }

    /** The region of a batch without compression. */
    static byte[] region(String... payloads) {
        List<Record> records = Stream.of(payloads).map(Records::record).toList();
        return Records.content(RecordBatch.of(records).bytes().position(RecordBatch.HEADER_BYTES));
    }

    static byte[] compress(Compression codec, byte[] region) {
        byte[] target = new byte[codec.sizeMax(region.length)];
        return Arrays.copyOf(target, codec.compress(region, 0, region.length, target, 0));
    }

    /** A batch that says what it is told to say. */
    static RecordBatch batch(Compression codec, byte[] compressed, int count, int uncompressedSize) {
        byte[] bytes = new byte[RecordBatch.HEADER_BYTES + compressed.length];
        System.arraycopy(compressed, 0, bytes, RecordBatch.HEADER_BYTES, compressed.length);
        return RecordBatch.around(bytes, count, codec, uncompressedSize);
    }
}
