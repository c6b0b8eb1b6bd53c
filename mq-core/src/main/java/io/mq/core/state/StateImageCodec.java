package io.mq.core.state;

import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.ProducerSequences.Key;
import io.mq.core.state.ProducerSequences.StoredBatch;
import io.mq.core.storage.LogState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The state as it goes from one node to another: a version, then all parts of {@link StateImage} in the order in which it
 * has them, each list with its length before it. What is unset is 0 where 0 is no value, and -1 or 0 to 2 else.
 */
public final class StateImageCodec {

    private static final int VERSION = 2;

    /** Knew nothing of shards. */
    private static final int VERSION_1 = 1;

    private StateImageCodec() {}

    @FunctionalInterface
    private interface Encoder<T> {
        void encode(T value) throws IOException;
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode() throws IOException;
    }

    public static void encode(StateImage image, DataOutput out) throws IOException {
        out.writeInt(VERSION);
        out.writeLong(image.applied().term());
        out.writeLong(image.applied().index());
        out.writeInt(image.nextTopicId());
        writeAll(out, image.topics(), topic -> write(out, topic));
        writeAll(out, image.logs().entrySet(), log -> {
            write(out, log.getKey());
            write(out, log.getValue());
        });
        writeAll(out, image.offsets(), offset -> write(out, offset));
        writeAll(out, image.producers().producers(), producer -> {
            out.writeLong(producer.id());
            out.writeInt(producer.epoch());
            out.writeLong(producer.lastUsedMillis());
        });
        writeAll(out, image.producers().sequences().entrySet(), sequences -> {
            out.writeLong(sequences.getKey().producerId());
            write(out, sequences.getKey().partition());
            write(out, sequences.getValue());
        });
    }

    /** @throws IOException where a newer mq has written it, or nobody */
    public static StateImage decode(DataInput in) throws IOException {
        int version = in.readInt();
        if (version != VERSION && version != VERSION_1) {
            throw new IOException("the state has version %d, this mq reads versions up to %d; update this node"
                    .formatted(version, VERSION));
        }
        LogPosition applied = new LogPosition(in.readLong(), in.readLong());
        int nextTopicId = in.readInt();
        List<Topic> topics = readAll(in, () -> readTopic(in, version));
        Map<PartitionId, LogState> logs = new HashMap<>();
        readEach(in, () -> logs.put(readPartition(in), readLogState(in)));
        List<GroupOffset> offsets = readAll(in, () -> readOffset(in));
        List<ProducerState> producers =
                readAll(in, () -> new ProducerState(in.readLong(), in.readInt(), in.readLong()));
        Map<Key, ProducerSequences> sequences = new HashMap<>();
        readEach(in, () -> sequences.put(new Key(in.readLong(), readPartition(in)), readSequences(in)));
        return new StateImage(applied, nextTopicId, topics, logs, offsets, new ProducerImage(producers, sequences));
    }

    private static <T> void writeAll(DataOutput out, Collection<T> values, Encoder<T> encoder) throws IOException {
        out.writeInt(values.size());
        for (T value : values) {
            encoder.encode(value);
        }
    }

    private static <T> List<T> readAll(DataInput in, Decoder<T> decoder) throws IOException {
        List<T> values = new ArrayList<>();
        readEach(in, () -> values.add(decoder.decode()));
        return values;
    }

    private static void readEach(DataInput in, Decoder<?> decoder) throws IOException {
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            var unused = decoder.decode();
        }
    }

    private static void write(DataOutput out, PartitionId partition) throws IOException {
        out.writeInt(partition.topicId());
        out.writeInt(partition.partition());
    }

    private static PartitionId readPartition(DataInput in) throws IOException {
        return new PartitionId(in.readInt(), in.readInt());
    }

    private static void write(DataOutput out, Topic topic) throws IOException {
        TopicConfig config = topic.config();
        out.writeInt(topic.id());
        out.writeUTF(topic.name());
        out.writeInt(topic.partitions());
        out.writeLong(config.retention().map(Duration::toMillis).orElse(0L));
        out.writeLong(config.retentionBytes().orElse(0));
        out.writeInt(config.messageBytesMax().orElse(0));
        out.writeByte(config.validateCompressed().map(isOn -> isOn ? 1 : 0).orElse(-1));
        out.writeInt(topic.segmentBytes());
        out.writeLong(topic.createdAt().toEpochMilli());
        out.writeInt(topic.shards());
    }

    private static Topic readTopic(DataInput in, int version) throws IOException {
        int id = in.readInt();
        String name = in.readUTF();
        int partitions = in.readInt();
        long retention = in.readLong();
        long retentionBytes = in.readLong();
        int messageBytesMax = in.readInt();
        byte validateCompressed = in.readByte();
        TopicConfig config = new TopicConfig(
                retention == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retention)),
                retentionBytes == 0 ? OptionalLong.empty() : OptionalLong.of(retentionBytes),
                messageBytesMax == 0 ? OptionalInt.empty() : OptionalInt.of(messageBytesMax),
                validateCompressed < 0 ? Optional.empty() : Optional.of(validateCompressed == 1));
        int segmentBytes = in.readInt();
        Instant createdAt = Instant.ofEpochMilli(in.readLong());
        int shards = version == VERSION_1 ? 1 : in.readInt();
        return new Topic(id, name, partitions, config, segmentBytes, createdAt, shards);
    }

    private static void write(DataOutput out, LogState log) throws IOException {
        out.writeLong(log.start());
        out.writeLong(log.end());
        out.writeLong(log.activeBase());
        out.writeInt(log.activeBytes());
        out.writeLong(log.maxTimeMillis());
    }

    private static LogState readLogState(DataInput in) throws IOException {
        return new LogState(in.readLong(), in.readLong(), in.readLong(), in.readInt(), in.readLong());
    }

    private static void write(DataOutput out, GroupOffset offset) throws IOException {
        out.writeUTF(offset.group());
        write(out, offset.partition());
        out.writeLong(offset.offset());
        out.writeUTF(offset.metadata());
        out.writeLong(offset.committedAt().toEpochMilli());
    }

    private static GroupOffset readOffset(DataInput in) throws IOException {
        return new GroupOffset(
                in.readUTF(), readPartition(in), in.readLong(), in.readUTF(), Instant.ofEpochMilli(in.readLong()));
    }

    private static void write(DataOutput out, ProducerSequences sequences) throws IOException {
        out.writeInt(sequences.nextSequence());
        writeAll(out, sequences.recent(), batch -> {
            out.writeInt(batch.baseSequence());
            out.writeInt(batch.count());
            out.writeLong(batch.baseOffset());
        });
    }

    private static ProducerSequences readSequences(DataInput in) throws IOException {
        return new ProducerSequences(
                in.readInt(), readAll(in, () -> new StoredBatch(in.readInt(), in.readInt(), in.readLong())));
    }
}
