package io.mq.client;

import io.mq.batch.Compression;
import io.mq.batch.RecordBatch;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a producer is to do. Immutable.
 *
 * @param topic to which all its messages go
 * @param durability the least that is to be confirmed; empty for the strongest that the deployment has
 * @param compression of whole batches
 * @param batchBytesMax what messages gather to while others of their partition are on their way; the server may allow less
 * @param framesInFlightMax batches of one partition that may be on their way at once
 * @param bufferBytesMax what all messages that are not confirmed may take together
 * @param blockMax how long a send may wait for room in the buffer; zero to fail at once
 * @param deliveryTimeout when a message that is not confirmed is given up, counted from its send
 * @param idempotent whether the server is to recognise what is sent twice. Without it, a lost connection may store
 *     messages twice, and a retry may change their order.
 * @param producerId not 0; empty for one at random. A producer with the same one ends this one.
 */
public record ProducerConfig(
        String topic,
        Optional<Durability> durability,
        Compression compression,
        int batchBytesMax,
        int framesInFlightMax,
        long bufferBytesMax,
        Duration blockMax,
        Duration deliveryTimeout,
        boolean idempotent,
        OptionalLong producerId) {

    /** A header with one record has to fit in. */
    private static final int BATCH_BYTES_MIN = 1 << 10;

    /**
     * The server remembers so many of a producer's last batches in a partition, to recognise one that is sent again.
     */
    private static final int FRAMES_IN_FLIGHT_LIMIT = 16;

    public ProducerConfig {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(durability, "durability");
        Objects.requireNonNull(compression, "compression");
        require(
                batchBytesMax >= BATCH_BYTES_MIN && batchBytesMax <= RecordBatch.BYTES_MAX,
                "batchBytesMax is %d, expected %d to %d"
                        .formatted(batchBytesMax, BATCH_BYTES_MIN, RecordBatch.BYTES_MAX));
        require(
                framesInFlightMax >= 1 && framesInFlightMax <= FRAMES_IN_FLIGHT_LIMIT,
                "framesInFlightMax is %d, expected 1 to %d".formatted(framesInFlightMax, FRAMES_IN_FLIGHT_LIMIT));
        require(
                bufferBytesMax >= batchBytesMax,
                "bufferBytesMax is %d, less than one batch of %d".formatted(bufferBytesMax, batchBytesMax));
        require(!blockMax.isNegative(), "blockMax is negative");
        require(!deliveryTimeout.isNegative() && !deliveryTimeout.isZero(), "deliveryTimeout must be above zero");
        require(producerId.isEmpty() || producerId.getAsLong() != 0, "producerId is 0, which is nobody's");
        require(idempotent || producerId.isEmpty(), "a producerId is of use to an idempotent producer only");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The defaults for a topic. */
    public static ProducerConfig of(String topic) {
        return builder(topic).build();
    }

    public static Builder builder(String topic) {
        return new Builder(topic);
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final String topic;
        private Optional<Durability> durability = Optional.empty();
        private Compression compression = Compression.NONE;
        private int batchBytesMax = 512 << 10;
        private int framesInFlightMax = 8;
        private long bufferBytesMax = 32 << 20;
        private Duration blockMax = Duration.ofMinutes(1);
        private Duration deliveryTimeout = Duration.ofMinutes(2);
        private boolean idempotent = true;
        private OptionalLong producerId = OptionalLong.empty();

        private Builder(String topic) {
            this.topic = topic;
        }

        public Builder durability(Durability least) {
            durability = Optional.of(least);
            return this;
        }

        public Builder compression(Compression codec) {
            compression = codec;
            return this;
        }

        /** Default: 512 KiB. */
        public Builder batchBytesMax(int bytes) {
            batchBytesMax = bytes;
            return this;
        }

        /** Default: 8. */
        public Builder framesInFlightMax(int frames) {
            framesInFlightMax = frames;
            return this;
        }

        /** Default: 32 MiB. */
        public Builder bufferBytesMax(long bytes) {
            bufferBytesMax = bytes;
            return this;
        }

        /** Default: one minute. Zero: a send that finds the buffer full fails at once. */
        public Builder blockMax(Duration atMost) {
            blockMax = atMost;
            return this;
        }

        /** Default: two minutes. */
        public Builder deliveryTimeout(Duration atMost) {
            deliveryTimeout = atMost;
            return this;
        }

        /** Default: true. */
        public Builder idempotent(boolean whether) {
            idempotent = whether;
            return this;
        }

        /** Default: a random one. */
        public Builder producerId(long id) {
            producerId = OptionalLong.of(id);
            return this;
        }

        /** @throws IllegalArgumentException where the values do not fit together */
        public ProducerConfig build() {
            return new ProducerConfig(
                    topic,
                    durability,
                    compression,
                    batchBytesMax,
                    framesInFlightMax,
                    bufferBytesMax,
                    blockMax,
                    deliveryTimeout,
                    idempotent,
                    producerId);
        }
    }
}
