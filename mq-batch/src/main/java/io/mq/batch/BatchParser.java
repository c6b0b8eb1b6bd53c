package io.mq.batch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads an {@code mq.RecordBatch} as any protobuf encoder may have written it and brings it into the one layout of
 * {@link RecordBatch}. The records region goes from the stream straight to its place in the batch.
 *
 * <p>Source: protobuf.dev, "Encoding". Fields may come in any order; of one that comes twice, the last counts; unknown
 * ones are passed over.
 */
public final class BatchParser {

    private static final int MAGIC = 2;
    private static final int COUNT = 6;
    private static final int ATTRIBUTES = 7;
    private static final int UNCOMPRESSED_SIZE = 8;
    private static final int PRODUCER_ID = 9;
    private static final int PRODUCER_EPOCH = 10;
    private static final int BASE_SEQUENCE = 11;
    private static final int RECORDS_CRC = 12;
    private static final int RECORDS = 15;

    private static final int FIELDS = 16;

    private final ProtoInput in;

    /** The numbers, by field; what the server stamps is among them and not used. */
    private final long[] numbers = new long[FIELDS];

    private byte[] bytes = new byte[RecordBatch.HEADER_BYTES];

    private BatchParser(ProtoInput in) {
        this.in = in;
    }

    /**
     * @param in the message, which is read to its end
     * @throws InvalidBatchException where the bytes are no such message
     * @throws EOFException where the stream ends before the message
     */
    public static RecordBatch parse(ProtoInput in) throws IOException {
        return new BatchParser(in).parse();
    }

    private RecordBatch parse() throws IOException {
        while (in.hasRemaining()) {
            int tag = in.varint();
            int field = tag >>> 3;
            switch (tag & 7) {
                case ProtoInput.FIXED32 ->
                    note(field, Integer.toUnsignedLong(littleEndian(4).getInt()));
                case ProtoInput.FIXED64 -> note(field, littleEndian(8).getLong());
                case ProtoInput.LENGTH_DELIMITED -> {
                    if (field == RECORDS) {
                        readRecords();
                    } else {
                        in.skip(tag);
                    }
                }
                default -> in.skip(tag);
            }
        }
        return RecordBatch.received(
                bytes,
                (int) numbers[MAGIC],
                (int) numbers[COUNT],
                (int) numbers[ATTRIBUTES],
                (int) numbers[UNCOMPRESSED_SIZE],
                numbers[PRODUCER_ID],
                (int) numbers[PRODUCER_EPOCH],
                (int) numbers[BASE_SEQUENCE],
                (int) numbers[RECORDS_CRC]);
    }

    private void note(int field, long value) {
        if (field < FIELDS) {
            numbers[field] = value;
        }
    }

    private ByteBuffer littleEndian(int size) throws IOException {
        byte[] number = new byte[size];
        in.read(number, 0, size);
        return ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void readRecords() throws IOException {
        int size = in.length();
        bytes = new byte[Math.addExact(RecordBatch.HEADER_BYTES, size)];
        in.read(bytes, RecordBatch.HEADER_BYTES, size);
    }
}
