package io.mq.client;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.mq.batch.InvalidBatchException;
import io.mq.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An {@code mq.Batches} whose batches are the bytes that were received, frame included, and not looked into yet.
 *
 * @param fromOffset the first batch may hold records below it, which are to be passed over
 */
record ReceivedBatches(TopicPartition partition, long generation, long fromOffset, List<RecordBatch> batches) {

    private static final int BATCH = 1;
    private static final int TOPIC = 2;
    private static final int PARTITION = 3;
    private static final int GENERATION = 4;
    private static final int FROM_OFFSET = 5;

    /**
     * Reads what is encoded between two places of an array, and shares it.
     *
     * @throws IOException where the bytes are no such message
     */
    static ReceivedBatches parse(byte[] bytes, int from, int length) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes, from, length);
        List<RecordBatch> batches = new ArrayList<>();
        String topic = "";
        int partition = 0;
        long generation = 0;
        long fromOffset = 0;
        while (!in.isAtEnd()) {
            int start = from + in.getTotalBytesRead();
            int tag = in.readTag();
            switch (WireFormat.getTagFieldNumber(tag)) {
                case BATCH -> {
                    in.skipRawBytes(in.readUInt32());
                    batches.add(batch(bytes, start, from + in.getTotalBytesRead()));
                }
                case TOPIC -> topic = in.readStringRequireUtf8();
                case PARTITION -> partition = in.readInt32();
                case GENERATION -> generation = in.readInt64();
                case FROM_OFFSET -> fromOffset = in.readInt64();
                default -> in.skipField(tag);
            }
        }
        return new ReceivedBatches(new TopicPartition(topic, partition), generation, fromOffset, batches);
    }

    private static RecordBatch batch(byte[] bytes, int start, int end) {
        ByteBuffer framed = ByteBuffer.wrap(bytes, start, end - start);
        // What has no whole header cannot even be asked for its size.
        if (framed.remaining() < RecordBatch.HEADER_BYTES) {
            throw new InvalidBatchException("a batch of %d bytes has no header".formatted(framed.remaining()));
        }
        return RecordBatch.wrap(framed);
    }

    long messages() {
        return batches.stream().mapToLong(RecordBatch::count).sum();
    }

    long bytes() {
        return batches.stream().mapToLong(RecordBatch::sizeInBytes).sum();
    }

    /** The offset after the last record. */
    long nextOffset() {
        return batches.isEmpty() ? fromOffset : batches.get(batches.size() - 1).nextOffset();
    }
}
