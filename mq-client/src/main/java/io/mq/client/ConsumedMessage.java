package io.mq.client;

import io.mq.batch.Record;
import io.mq.batch.Record.Header;
import io.mq.batch.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as it was received. It is decoded when it is first asked for its content, and keeps the memory of its batch
 * for as long as it is kept.
 *
 * <p>Safe for use by any thread.
 */
public final class ConsumedMessage {

    private final ConsumedBatch batch;
    private final long offset;
    private final ByteBuffer encoded;

    /** Decoded twice rather than guarded, where two threads ask at once. */
    private volatile Record record;

    ConsumedMessage(ConsumedBatch batch, long offset, ByteBuffer encoded) {
        this.batch = batch;
        this.offset = offset;
        this.encoded = encoded;
    }

    public String topic() {
        return batch.partition().topic();
    }

    public int partition() {
        return batch.partition().partition();
    }

    public TopicPartition topicPartition() {
        return batch.partition();
    }

    public long offset() {
        return offset;
    }

    /** When the broker took the message. */
    public Instant timestamp() {
        return batch.timestamp();
    }

    /** Shared with the batch, and read-only. */
    public ByteBuffer payload() {
        return rawPayload().asReadOnlyBuffer();
    }

    /** A copy. */
    public byte[] payloadBytes() {
        return copy(rawPayload());
    }

    /** The payload as text, from UTF-8. */
    public String payloadText() {
        return StandardCharsets.UTF_8.decode(rawPayload()).toString();
    }

    /** Empty is another key than none. Shared with the batch, and read-only. */
    public Optional<ByteBuffer> key() {
        return record().key().map(ByteBuffer::asReadOnlyBuffer);
    }

    /** In the order in which the producer gave them. */
    public List<Header> headers() {
        return record().headers();
    }

    /** The value of the header of this name. */
    public Optional<String> header(String name) {
        return headers().stream()
                .filter(header -> header.name().equals(name))
                .map(Header::value)
                .findFirst();
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Where nothing but the payload is asked for, nothing else is decoded. */
    private ByteBuffer rawPayload() {
        Record decoded = record;
        return decoded == null
                ? RecordCodec.payload(encoded)
                : decoded.payload().duplicate();
    }

    private Record record() {
        Record decoded = record;
        if (decoded == null) {
            decoded = RecordCodec.decode(encoded);
            record = decoded;
        }
        return decoded;
    }

    @Override
    public String toString() {
        return topicPartition() + "@" + offset;
    }
}
