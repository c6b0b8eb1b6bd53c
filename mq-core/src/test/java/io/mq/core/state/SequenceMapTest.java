package io.mq.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.message.PartitionId;
import io.mq.core.state.ProducerSequences.Key;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whatever is put in and taken out, the ways to find it agree; a plain map says what there should be. */
class SequenceMapTest {

    private static final int PRODUCERS = 5;
    private static final int TOPICS = 4;
    private static final int PARTITIONS = 3;

    private final SequenceMap found = new SequenceMap();
    private final Map<Key, ProducerSequences> expected = new HashMap<>();

    private static long anyProducer(Random random) {
        return random.nextInt(PRODUCERS) - 2;
    }

    private static Key anyKey(Random random) {
        return new Key(anyProducer(random), new PartitionId(1 + random.nextInt(TOPICS), random.nextInt(PARTITIONS)));
    }

    private void change(Random random) {
        int dice = random.nextInt(20);
        if (dice < 16) {
            Key key = anyKey(random);
            ProducerSequences sequences = new ProducerSequences(random.nextInt(), List.of());
            found.put(key, sequences);
            expected.put(key, sequences);
        } else if (dice < 18) {
            long producerId = anyProducer(random);
            found.removeProducer(producerId);
            expected.keySet().removeIf(key -> key.producerId() == producerId);
        } else {
            int topicId = 1 + random.nextInt(TOPICS);
            found.removeTopic(topicId);
            expected.keySet().removeIf(key -> key.partition().topicId() == topicId);
        }
    }

    private void assertAgrees() {
        assertThat(found.asMap()).isEqualTo(expected);
        assertThat(found.size()).isEqualTo(expected.size());
        assertThat(found.producers())
                .as("producers")
                .isEqualTo(expected.keySet().stream()
                        .map(Key::producerId)
                        .distinct()
                        .count());
        assertThat(found.topics())
                .as("topics")
                .isEqualTo(expected.keySet().stream()
                        .map(key -> key.partition().topicId())
                        .distinct()
                        .count());
        for (long producer = -2; producer < PRODUCERS; producer++) {
            for (int topic = 0; topic <= TOPICS + 1; topic++) {
                assertThat(List.copyOf(found.partitions(producer, topic)))
                        .as("partitions of topic %d with producer %d", topic, producer)
                        .isEqualTo(expectedPartitions(producer, topic));
            }
        }
    }

    private List<PartitionId> expectedPartitions(long producer, int topic) {
        return List.copyOf(expected.keySet().stream()
                .filter(key -> key.producerId() == producer)
                .map(Key::partition)
                .filter(partition -> partition.topicId() == topic)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void allWaysToFindSomethingAgreeAfterAnyChanges() {
        Seeds.forEach(20, random -> {
            for (int i = 0; i < 100; i++) {
                change(random);
                assertAgrees();
                Key key = anyKey(random);
                assertThat(found.contains(key)).isEqualTo(expected.containsKey(key));
                assertThat(found.find(key)).isEqualTo(expected.getOrDefault(key, ProducerSequences.NONE));
            }
        });
    }

    @Test
    void whatWasRemovedByProducerAndTopicLeavesNothingBehind() {
        found.put(new Key(1, new PartitionId(1, 0)), ProducerSequences.NONE);
        found.put(new Key(1, new PartitionId(2, 0)), ProducerSequences.NONE);
        found.put(new Key(2, new PartitionId(2, 0)), ProducerSequences.NONE);
        found.removeTopic(2);
        assertThat(found.producers()).isEqualTo(1);
        found.removeProducer(1);
        assertThat(found.size() + found.producers() + found.topics()).isZero();
    }
}
