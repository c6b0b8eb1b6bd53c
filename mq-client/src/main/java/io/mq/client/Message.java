package io.mq.client;

import io.mq.batch.Record;
import io.mq.batch.Record.Header;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A message to publish. The topic is the producer's.
 *
 * <p>Immutable, and may be sent any number of times. The byte arrays and buffers that it is made of are not copied before
 * {@link Producer#send}: leave them alone until that has returned, after which they are free.
 */
public final class Message {

    private static final int ANY_PARTITION = -1;

    private final Record record;
    private final int partition;

    private Message(Record record, int partition) {
        this.record = record;
        this.partition = partition;
    }

    /** A message without a key: partitions take turns. */
    public static Message of(byte[] payload) {
        return of(ByteBuffer.wrap(payload));
    }

    /** A message whose payload is text, in UTF-8. */
    public static Message of(String payload) {
        return of(payload.getBytes(StandardCharsets.UTF_8));
    }

    /** A message without a key, its payload from the buffer's position to its limit. */
    public static Message of(ByteBuffer payload) {
        return new Message(new Record(Optional.empty(), payload, List.of()), ANY_PARTITION);
    }

    /** Equal keys go to the same partition and stay in order. Empty is another key than none. */
    public Message withKey(byte[] key) {
        return new Message(
                new Record(Optional.of(ByteBuffer.wrap(key)), record.payload(), record.headers()), partition);
    }

    /** A key that is text, in UTF-8. */
    public Message withKey(String key) {
        return withKey(key.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a header. The server takes each name once. */
    public Message withHeader(String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        List<Header> headers = new ArrayList<>(record.headers());
        headers.add(new Header(name, value));
        return new Message(new Record(record.key(), record.payload(), List.copyOf(headers)), partition);
    }

    /**
     * Sends it to this partition, whatever its key.
     *
     * @throws IllegalArgumentException for a negative number; whether the topic has the partition turns out when it is
     *     sent
     */
    public Message toPartition(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("a partition's number is 0 or more, not " + number);
        }
        return new Message(record, number);
    }

    public OptionalInt partition() {
        return partition == ANY_PARTITION ? OptionalInt.empty() : OptionalInt.of(partition);
    }

    Record record() {
        return record;
    }
}
