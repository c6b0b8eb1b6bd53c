package io.mq.bench.micro;

import io.mq.batch.BatchBuilder;
import io.mq.batch.Compression;
import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What goes through the benchmarks: batches of a thousand messages of 100 bytes, half noise and half zeros. */
final class Batches {

    static final int MESSAGES = 1000;

    private static final int MESSAGE_BYTES = 100;

    /** The tag and the length that make a batch a field of another message. */
    private static final int FRAME_BYTES = 5;

    private Batches() {}

    static Record record(int number) {
        byte[] payload = new byte[MESSAGE_BYTES];
        byte[] noise = new byte[MESSAGE_BYTES / 2];
        new Random(number).nextBytes(noise);
        System.arraycopy(noise, 0, payload, 0, noise.length);
        return new Record(Optional.empty(), ByteBuffer.wrap(payload), List.of());
    }

    /** A batch as a client sends it. */
    static byte[] message(Compression compression) {
        ByteBuffer bytes = batch(compression).bytes();
        byte[] message = new byte[bytes.remaining() - FRAME_BYTES];
        bytes.position(FRAME_BYTES).get(message);
        return message;
    }

    static RecordBatch batch(Compression compression) {
        BatchBuilder builder = new BatchBuilder(compression);
        for (int i = 0; i < MESSAGES; i++) {
            builder.add(record(i));
        }
        return builder.build();
    }
}
