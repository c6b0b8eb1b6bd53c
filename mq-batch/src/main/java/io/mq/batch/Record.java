package io.mq.batch;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One message as a producer gave it.
 *
 * @param key chooses the partition and keeps order among equals; empty is another key than none
 * @param headers in the order in which the producer gave them
 */
public record Record(Optional<ByteBuffer> key, ByteBuffer payload, List<Header> headers) {

    public record Header(String name, String value) {}

    /** What the size limit of a message counts: key, payload and headers. */
    public int sizeInBytes() {
        return key.map(ByteBuffer::remaining).orElse(0) + payload.remaining() + headerBytes();
    }

    /** Names and values of all headers, in UTF-8. */
    public int headerBytes() {
        return RecordCodec.headersSize(headers);
    }
}
