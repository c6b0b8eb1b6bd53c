package io.mq.core.state;

import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.AlterTopicCommand;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.ExpireProducersCommand;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.message.PartitionId;
import io.mq.core.message.TopicConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/** A seeded mixture of all commands, sensible ones and such as are refused. Each run makes new ones: batches are stamped. */
final class CommandMix {

    private static final int SEGMENT_BYTES = 1500;

    /** Topics that are there from the beginning, so that most commands have something to work on. */
    private static final int FIRST_TOPICS = 3;

    private static final int PARTITIONS = 2;

    private static final int PRODUCERS = 3;

    private final Random random;

    /** An upper bound of the ids that have been given. */
    private int topics = FIRST_TOPICS;

    /** Lives that each producer has had, at the least: some of its batches come from an earlier one. */
    private final int[] epochs = new int[PRODUCERS + 1];

    /** What each producer would send next, if nothing was refused. */
    private final Map<ProducerSequences.Key, Integer> nextSequences = new HashMap<>();

    private CommandMix(long seed) {
        random = new Random(seed);
    }

    static List<Command<?>> of(long seed, int count) {
        CommandMix mix = new CommandMix(seed);
        List<Command<?>> commands = new ArrayList<>();
        for (int i = 0; i < FIRST_TOPICS; i++) {
            commands.add(mix.create("t" + i));
        }
        while (commands.size() < count) {
            commands.add(mix.next());
        }
        return commands;
    }

    private Command<?> next() {
        int dice = random.nextInt(100);
        if (dice < 4) {
            topics++;
            return create("t" + random.nextInt(5));
        } else if (dice < 6) {
            return new AlterTopicCommand(anyTopicId(), random.nextInt(5), anyConfig());
        } else if (dice < 7) {
            return new DeleteTopicCommand(anyTopicId());
        } else if (dice < 8) {
            return new DeleteGroupCommand(anyGroup());
        } else if (dice < 12) {
            return new AdvanceLogStartCommand(anyPartition(), random.nextInt(60) - 5);
        } else if (dice < 35) {
            return new CommitOffsetCommand(
                    anyGroup(), anyPartition(), random.nextInt(60) - 5, "note " + random.nextInt(9), anyTime());
        }
        if (dice < 40) {
            PartitionId partition = anyPartition();
            return new SeekCommand(
                    anyGroup(),
                    anyTime(),
                    List.of(
                            new Target(partition, random.nextInt(60) - 5),
                            new Target(new PartitionId(partition.topicId(), PARTITIONS - 1), random.nextInt(10))));
        }
        if (dice < 44) {
            int id = 1 + random.nextInt(PRODUCERS);
            boolean isWrong = random.nextInt(4) == 0;
            OptionalInt after = isWrong || random.nextBoolean()
                    ? OptionalInt.of(epochs[id] + (isWrong ? 1 : 0))
                    : OptionalInt.empty();
            epochs[id] += isWrong ? 0 : 1;
            return new OpenProducerCommand(id, anyTopicId(), anyTime(), after);
        } else if (dice < 45) {
            return new ExpireProducersCommand(List.of(1L, 1L + random.nextInt(PRODUCERS)), anyTime());
        } else if (dice < 65) {
            return anyProducersAppend();
        }
        return new AppendCommand(anyPartition(), anyBatch());
    }

    private CreateTopicCommand create(String name) {
        return new CreateTopicCommand(name, PARTITIONS, anyConfig(), SEGMENT_BYTES, anyTime());
    }

    private RecordBatch anyBatch() {
        List<Record> records = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            records.add(Records.any(random));
        }
        RecordBatch batch = RecordBatch.of(records);
        batch.stampAppendTime(anyTime().toEpochMilli());
        return batch;
    }

    private AppendCommand anyProducersAppend() {
        int id = 1 + random.nextInt(PRODUCERS);
        PartitionId partition = new PartitionId(1 + random.nextInt(2), 0);
        RecordBatch batch = anyBatch();
        ProducerSequences.Key key = new ProducerSequences.Key(id, partition);
        int next = nextSequences.getOrDefault(key, 0);
        int sequence = random.nextInt(4) > 0 ? next : Math.max(0, next - random.nextInt(6) + 1);
        nextSequences.merge(key, sequence + batch.count(), Math::max);
        batch.stampProducer(id, epochs[id] - (random.nextInt(8) == 0 ? 1 : 0), sequence);
        return new AppendCommand(partition, batch);
    }

    private TopicConfig anyConfig() {
        return new TopicConfig(
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(1_000_000 + random.nextLong(1L << 40))),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(1 + random.nextInt(1000)),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(1000)),
                random.nextBoolean() ? Optional.empty() : Optional.of(random.nextBoolean()));
    }

    private Instant anyTime() {
        return Instant.ofEpochMilli(1_767_225_600_000L + random.nextInt(100_000));
    }

    private int anyTopicId() {
        return 1 + random.nextInt(Math.min(topics, 2 * FIRST_TOPICS));
    }

    private PartitionId anyPartition() {
        return new PartitionId(anyTopicId(), random.nextInt(PARTITIONS));
    }

    private String anyGroup() {
        return "g" + random.nextInt(4);
    }
}
