package io.mq.core.command;

import io.mq.batch.RecordBatch;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The journaled form of commands: one byte of type, then the fields, numbers little-endian, texts and batches with a
 * length of 4 bytes before them. A type's layout never changes; a new layout is a new type.
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>type</th><th>command</th><th>fields</th></tr>
 * <tr><td>1</td><td>append</td><td>topic id 4, partition 4, batch to the end</td></tr>
 * <tr><td>2</td><td>commit offset</td><td>group, topic id 4, partition 4, offset 8, metadata, time 8</td></tr>
 * <tr><td>3</td><td>create topic, read only</td><td>name, partitions 4, config 1, segment bytes 4, time 8</td></tr>
 * <tr><td>4</td><td>alter topic, read only</td><td>topic id 4, partitions 4, config 1</td></tr>
 * <tr><td>5</td><td>delete topic</td><td>topic id 4</td></tr>
 * <tr><td>6</td><td>delete group</td><td>group</td></tr>
 * <tr><td>7</td><td>advance log start</td><td>topic id 4, partition 4, offset 8</td></tr>
 * <tr><td>8</td><td>seek</td><td>group, time 8, count 4, of each: topic id 4, partition 4, offset 8</td></tr>
 * <tr><td>9</td><td>open producer</td><td>producer 8, topic id 4, time 8</td></tr>
 * <tr><td>10</td><td>expire producers</td><td>time 8, count 4, producer 8 of each</td></tr>
 * <tr><td>11</td><td>placed append</td><td>topic id 4, partition 4, header of the batch</td></tr>
 * <tr><td>12</td><td>create topic</td><td>name, partitions 4, config 2, segment bytes 4, time 8</td></tr>
 * <tr><td>13</td><td>alter topic</td><td>topic id 4, partitions 4, config 2</td></tr>
 * <tr><td>14</td><td>create topic in shards</td><td>as create topic, shards 4</td></tr>
 * <tr><td>15</td><td>put topic</td><td>topic id 4, as create topic in shards</td></tr>
 * <tr><td>16</td><td>adopt producer</td><td>producer 8, epoch 4, topic id 4, time 8</td></tr>
 * <tr><td>17</td><td>barrier</td><td></td></tr>
 * <tr><td>18</td><td>open producer after</td><td>as open producer, epoch 4</td></tr>
 * <tr><td></td><td>config 1</td><td>retention ms 8, retention bytes 8, message bytes max 4; 0 for unset</td></tr>
 * <tr><td></td><td>config 2</td><td>config 1, validate compressed 1; 0 for unset, 1 for no, 2 for yes</td></tr>
 * </table>
 */
public final class CommandCodec {

    private static final byte APPEND = 1;
    private static final byte COMMIT_OFFSET = 2;
    private static final byte CREATE_TOPIC_1 = 3;
    private static final byte ALTER_TOPIC_1 = 4;
    private static final byte DELETE_TOPIC = 5;
    private static final byte DELETE_GROUP = 6;
    private static final byte ADVANCE_LOG_START = 7;
    private static final byte SEEK = 8;
    private static final byte OPEN_PRODUCER = 9;
    private static final byte EXPIRE_PRODUCERS = 10;
    private static final byte PLACED_APPEND = 11;
    private static final byte CREATE_TOPIC = 12;
    private static final byte ALTER_TOPIC = 13;
    private static final byte CREATE_TOPIC_IN_SHARDS = 14;
    private static final byte PUT_TOPIC = 15;
    private static final byte ADOPT_PRODUCER = 16;
    private static final byte BARRIER = 17;
    private static final byte OPEN_PRODUCER_AFTER = 18;

    private static final int PARTITION_BYTES = 8;
    private static final int CONFIG_BYTES = 21;

    private static final byte UNSET = 0;
    private static final byte NO = 1;
    private static final byte YES = 2;

    private CommandCodec() {}

    public static int sizeOf(Command<?> command) {
        int fields;
        if (command instanceof AppendCommand c) {
            fields = PARTITION_BYTES + c.batch().sizeInBytes();
        } else if (command instanceof PlacedAppendCommand) {
            fields = PARTITION_BYTES + RecordBatch.HEADER_BYTES;
        } else if (command instanceof CommitOffsetCommand c) {
            fields = textSize(c.group()) + PARTITION_BYTES + 8 + textSize(c.metadata()) + 8;
        } else if (command instanceof CreateTopicCommand c) {
            fields = textSize(c.name()) + 4 + CONFIG_BYTES + 4 + 8 + (c.shards() == 1 ? 0 : 4);
        } else if (command instanceof PutTopicCommand c) {
            fields = 4 + textSize(c.topic().name()) + 4 + CONFIG_BYTES + 4 + 8 + 4;
        } else if (command instanceof AlterTopicCommand) {
            fields = 4 + 4 + CONFIG_BYTES;
        } else if (command instanceof DeleteTopicCommand) {
            fields = 4;
        } else if (command instanceof DeleteGroupCommand c) {
            fields = textSize(c.group());
        } else if (command instanceof AdvanceLogStartCommand) {
            fields = PARTITION_BYTES + 8;
        } else if (command instanceof SeekCommand c) {
            fields = textSize(c.group()) + 8 + 4 + c.targets().size() * (PARTITION_BYTES + 8);
        } else if (command instanceof OpenProducerCommand c) {
            fields = 8 + 4 + 8 + (c.after().isPresent() ? 4 : 0);
        } else if (command instanceof ExpireProducersCommand c) {
            fields = 8 + 4 + c.producerIds().size() * 8;
        } else if (command instanceof AdoptProducerCommand) {
            fields = 8 + 4 + 4 + 8;
        } else if (command instanceof BarrierCommand) {
            fields = 0;
        } else {
            throw new AssertionError(command);
        }
        return 1 + fields;
    }

    /** @param target little-endian, with room for {@link #sizeOf} bytes */
    public static void encode(Command<?> command, ByteBuffer target) {
        if (command instanceof AppendCommand c) {
            put(target.put(APPEND), c.partition());
            target.put(c.batch().bytes());
        } else if (command instanceof PlacedAppendCommand c) {
            put(target.put(PLACED_APPEND), c.partition());
            target.put(c.header());
        } else if (command instanceof CommitOffsetCommand c) {
            put(target.put(COMMIT_OFFSET), c.group());
            put(target, c.partition());
            target.putLong(c.offset());
            put(target, c.metadata());
            target.putLong(c.committedAt().toEpochMilli());
        } else if (command instanceof CreateTopicCommand c) {
            target.put(c.shards() == 1 ? CREATE_TOPIC : CREATE_TOPIC_IN_SHARDS);
            putTopic(target, c.name(), c.partitions(), c.config(), c.segmentBytes(), c.createdAt());
            if (c.shards() != 1) {
                target.putInt(c.shards());
            }
        } else if (command instanceof PutTopicCommand c) {
            Topic topic = c.topic();
            target.put(PUT_TOPIC).putInt(topic.id());
            putTopic(target, topic.name(), topic.partitions(), topic.config(), topic.segmentBytes(), topic.createdAt());
            target.putInt(topic.shards());
        } else if (command instanceof AlterTopicCommand c) {
            target.put(ALTER_TOPIC).putInt(c.topicId()).putInt(c.partitions());
            put(target, c.change());
        } else if (command instanceof DeleteTopicCommand c) {
            target.put(DELETE_TOPIC).putInt(c.topicId());
        } else if (command instanceof DeleteGroupCommand c) {
            put(target.put(DELETE_GROUP), c.group());
        } else if (command instanceof AdvanceLogStartCommand c) {
            put(target.put(ADVANCE_LOG_START), c.partition());
            target.putLong(c.logStart());
        } else if (command instanceof SeekCommand c) {
            put(target.put(SEEK), c.group());
            target.putLong(c.soughtAt().toEpochMilli()).putInt(c.targets().size());
            for (Target each : c.targets()) {
                put(target, each.partition());
                target.putLong(each.offset());
            }
        } else if (command instanceof OpenProducerCommand c) {
            target.put(c.after().isPresent() ? OPEN_PRODUCER_AFTER : OPEN_PRODUCER);
            target.putLong(c.producerId()).putInt(c.topicId());
            target.putLong(c.openedAt().toEpochMilli());
            c.after().ifPresent(target::putInt);
        } else if (command instanceof ExpireProducersCommand c) {
            target.put(EXPIRE_PRODUCERS).putLong(c.idleSince().toEpochMilli());
            target.putInt(c.producerIds().size());
            c.producerIds().forEach(target::putLong);
        } else if (command instanceof AdoptProducerCommand c) {
            target.put(ADOPT_PRODUCER).putLong(c.producerId()).putInt(c.epoch()).putInt(c.topicId());
            target.putLong(c.openedAt().toEpochMilli());
        } else if (command instanceof BarrierCommand) {
            target.put(BARRIER);
        }
    }

    /**
     * Reads the command that fills {@code source}, which the caller has checked against its checksum; an append shares
     * its bytes, a placed one those of its header.
     *
     * @throws IllegalArgumentException where the type is unknown: a newer version of mq wrote it
     */
    public static Command<?> decode(ByteBuffer source) {
        byte type = source.get();
        return switch (type) {
            case APPEND -> new AppendCommand(partition(source), RecordBatch.wrap(source));
            case PLACED_APPEND -> new PlacedAppendCommand(partition(source), source.slice());
            case COMMIT_OFFSET ->
                new CommitOffsetCommand(
                        text(source), partition(source), source.getLong(), text(source), instant(source));
            case CREATE_TOPIC ->
                new CreateTopicCommand(text(source), source.getInt(), config(source), source.getInt(), instant(source));
            case CREATE_TOPIC_1 ->
                new CreateTopicCommand(
                        text(source), source.getInt(), config1(source), source.getInt(), instant(source));
            case ALTER_TOPIC -> new AlterTopicCommand(source.getInt(), source.getInt(), config(source));
            case ALTER_TOPIC_1 -> new AlterTopicCommand(source.getInt(), source.getInt(), config1(source));
            case DELETE_TOPIC -> new DeleteTopicCommand(source.getInt());
            case DELETE_GROUP -> new DeleteGroupCommand(text(source));
            case ADVANCE_LOG_START -> new AdvanceLogStartCommand(partition(source), source.getLong());
            case SEEK -> new SeekCommand(text(source), instant(source), targets(source));
            case OPEN_PRODUCER -> new OpenProducerCommand(source.getLong(), source.getInt(), instant(source));
            case EXPIRE_PRODUCERS -> expireProducers(source);
            case CREATE_TOPIC_IN_SHARDS ->
                new CreateTopicCommand(
                        text(source),
                        source.getInt(),
                        config(source),
                        source.getInt(),
                        instant(source),
                        source.getInt());
            case PUT_TOPIC -> new PutTopicCommand(topic(source));
            case ADOPT_PRODUCER ->
                new AdoptProducerCommand(source.getLong(), source.getInt(), source.getInt(), instant(source));
            case BARRIER -> new BarrierCommand();
            case OPEN_PRODUCER_AFTER ->
                new OpenProducerCommand(
                        source.getLong(), source.getInt(), instant(source), OptionalInt.of(source.getInt()));
            default ->
                throw new IllegalArgumentException("command type %d is unknown to this version of mq".formatted(type));
        };
    }

    private static Topic topic(ByteBuffer source) {
        return new Topic(
                source.getInt(),
                text(source),
                source.getInt(),
                config(source),
                source.getInt(),
                instant(source),
                source.getInt());
    }

    private static ExpireProducersCommand expireProducers(ByteBuffer source) {
        Instant idleSince = instant(source);
        List<Long> ids = new ArrayList<>();
        for (int rest = source.getInt(); rest > 0; rest--) {
            ids.add(source.getLong());
        }
        return new ExpireProducersCommand(ids, idleSince);
    }

    private static List<Target> targets(ByteBuffer source) {
        List<Target> targets = new ArrayList<>();
        for (int rest = source.getInt(); rest > 0; rest--) {
            targets.add(new Target(partition(source), source.getLong()));
        }
        return targets;
    }

    private static void put(ByteBuffer target, PartitionId partition) {
        target.putInt(partition.topicId()).putInt(partition.partition());
    }

    private static PartitionId partition(ByteBuffer source) {
        return new PartitionId(source.getInt(), source.getInt());
    }

    private static void putTopic(
            ByteBuffer target, String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt) {
        put(target, name);
        target.putInt(partitions);
        put(target, config);
        target.putInt(segmentBytes).putLong(createdAt.toEpochMilli());
    }

    private static void put(ByteBuffer target, TopicConfig config) {
        target.putLong(config.retention().map(Duration::toMillis).orElse(0L));
        target.putLong(config.retentionBytes().orElse(0L));
        target.putInt(config.messageBytesMax().orElse(0));
        target.put(config.validateCompressed().map(yes -> yes ? YES : NO).orElse(UNSET));
    }

    private static TopicConfig config(ByteBuffer source) {
        return config1(source).with(validateCompressed(source.get()));
    }

    private static TopicConfig validateCompressed(byte answer) {
        Optional<Boolean> validates = answer == UNSET ? Optional.empty() : Optional.of(answer == YES);
        return new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), validates);
    }

    private static TopicConfig config1(ByteBuffer source) {
        long retentionMillis = source.getLong();
        long retentionBytes = source.getLong();
        int messageBytesMax = source.getInt();
        return new TopicConfig(
                retentionMillis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retentionMillis)),
                retentionBytes == 0 ? OptionalLong.empty() : OptionalLong.of(retentionBytes),
                messageBytesMax == 0 ? OptionalInt.empty() : OptionalInt.of(messageBytesMax),
                Optional.empty());
    }

    private static Instant instant(ByteBuffer source) {
        return Instant.ofEpochMilli(source.getLong());
    }

    private static int textSize(String text) {
        return 4 + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void put(ByteBuffer target, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        target.putInt(bytes.length).put(bytes);
    }

    private static String text(ByteBuffer source) {
        byte[] bytes = new byte[source.getInt()];
        source.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
