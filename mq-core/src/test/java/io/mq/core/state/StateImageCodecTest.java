package io.mq.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.mq.batch.Seeds;
import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.ProducerSequences.Key;
import io.mq.core.state.ProducerSequences.StoredBatch;
import io.mq.core.storage.LogState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.junit.jupiter.api.Test;

class StateImageCodecTest {

    private static byte[] encoded(StateImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StateImageCodec.encode(image, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static StateImage decoded(byte[] bytes) throws IOException {
        return StateImageCodec.decode(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    private static Instant time(Random random) {
        return Instant.ofEpochMilli(random.nextLong(1L << 42));
    }

    private static PartitionId partition(Random random) {
        return new PartitionId(random.nextInt(1, 100), random.nextInt(100));
    }

    private static TopicConfig config(Random random) {
        return new TopicConfig(
                random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofMillis(1 + random.nextInt(1000))),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(TopicConfig.UNLIMITED),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(1000)),
                random.nextInt(3) == 0 ? Optional.empty() : Optional.of(random.nextBoolean()));
    }

    private static StateImage image(Random random) {
        List<Topic> topics = new ArrayList<>();
        Map<PartitionId, LogState> logs = new HashMap<>();
        List<GroupOffset> offsets = new ArrayList<>();
        List<ProducerState> producers = new ArrayList<>();
        Map<Key, ProducerSequences> sequences = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            topics.add(new Topic(
                    i,
                    "topic-ü-" + i,
                    1 + random.nextInt(9),
                    config(random),
                    4096,
                    time(random),
                    1 + random.nextInt(3)));
            logs.put(
                    partition(random),
                    new LogState(random.nextLong(), random.nextLong(), random.nextLong(), i, random.nextLong()));
            offsets.add(new GroupOffset("group" + i, partition(random), random.nextLong(), "note ✓", time(random)));
            producers.add(new ProducerState(random.nextLong(), i, random.nextLong()));
            List<StoredBatch> recent = new ArrayList<>();
            for (int j = random.nextInt(ProducerSequences.RECENT_MAX); j > 0; j--) {
                recent.add(new StoredBatch(random.nextInt(), random.nextInt(), random.nextLong()));
            }
            sequences.put(
                    new Key(random.nextLong(), partition(random)), new ProducerSequences(random.nextInt(), recent));
        }
        return new StateImage(
                new LogPosition(random.nextLong(1, 1L << 40), random.nextLong(1, 1L << 40)),
                random.nextInt(1, 1000),
                topics,
                logs,
                offsets,
                new ProducerImage(producers, sequences));
    }

    @Test
    void whatWasEncodedIsDecoded() {
        Seeds.forEach(200, random -> {
            StateImage image = image(random);
            assertThat(decoded(encoded(image))).isEqualTo(image);
        });
    }

    @Test
    void emptyStateToo() throws IOException {
        assertThat(decoded(encoded(StateImage.EMPTY))).isEqualTo(StateImage.EMPTY);
    }

    @Test
    void newerVersionIsRefused() throws IOException {
        byte[] bytes = encoded(StateImage.EMPTY);
        bytes[3]++;
        assertThatIOException()
                .isThrownBy(() -> decoded(bytes))
                .withMessage("the state has version 3, this mq reads versions up to 2; update this node");
    }

    /** From nodes that knew of one shard alone: the number behind each topic is missing. */
    @Test
    void firstVersionIsRead() throws IOException {
        Topic topic = new Topic(7, "t", 2, TopicConfig.DEFAULTS, 4096, Instant.ofEpochMilli(1));
        StateImage image = new StateImage(
                LogPosition.of(9), 8, List.of(topic), Map.of(), List.of(), new ProducerImage(List.of(), Map.of()));
        ByteBuffer second = ByteBuffer.wrap(encoded(image));
        int afterTopic = second.limit() - 4 * Integer.BYTES;
        byte[] first = ByteBuffer.allocate(second.limit() - Integer.BYTES)
                .putInt(1)
                .put(second.slice(Integer.BYTES, afterTopic - 2 * Integer.BYTES))
                .put(second.slice(afterTopic, second.limit() - afterTopic))
                .array();
        assertThat(decoded(first)).isEqualTo(image);
    }

    @Test
    void endInTheMiddleIsAFailure() throws IOException {
        byte[] bytes = encoded(image(new Random(3)));
        byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length - 1);
        assertThatIOException().isThrownBy(() -> decoded(cut)).isInstanceOf(EOFException.class);
    }
}
