package io.mq.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.batch.Seeds;
import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.ProducerSequences.Key;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Producers are remembered as by one who looks through all of them each time, and without looking through all of them. */
class ProducerStatesTest {

    private static final int PRODUCERS = 6;
    private static final int TOPICS = 3;
    private static final int PARTITIONS = 3;

    /** Before and after 1970, at the edges of the minutes by which producers are kept, and between them. */
    private static final List<Instant> TIMES = LongStream.of(
                    -120_001, -120_000, -60_001, -60_000, -1, 0, 1, 59_999, 60_000, 60_001, 90_000, 119_999, 120_000)
            .mapToObj(Instant::ofEpochMilli)
            .toList();

    /** So many that to look at each of them for each of them takes minutes; what is done here takes well below a second. */
    private static final int MANY = 200_000;

    /** Of the processor's time, so that a busy machine does not count. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Looks through all of them each time. */
    private static final class NaiveProducers {
        private final Map<Long, ProducerState> producers = new HashMap<>();
        private final Map<Key, ProducerSequences> sequences = new HashMap<>();

        ProducerState open(long id, Instant time) {
            ProducerState before = producers.get(id);
            ProducerState opened = new ProducerState(id, before == null ? 1 : before.epoch() + 1, time.toEpochMilli());
            producers.put(id, opened);
            return opened;
        }

        void stored(PartitionId partition, RecordBatch batch) {
            producers.put(
                    batch.producerId(),
                    new ProducerState(batch.producerId(), batch.producerEpoch(), batch.appendTimeMillis()));
            Key key = new Key(batch.producerId(), partition);
            sequences.put(
                    key, sequences.getOrDefault(key, ProducerSequences.NONE).with(batch));
        }

        Set<Long> expire(Collection<Long> ids, Instant idleSince) {
            Set<Long> expired = new HashSet<>(idleSince(idleSince));
            expired.retainAll(ids);
            producers.keySet().removeAll(expired);
            sequences.keySet().removeIf(key -> expired.contains(key.producerId()));
            return expired;
        }

        Set<Long> idleSince(Instant time) {
            Set<Long> idle = new HashSet<>();
            producers.values().forEach(producer -> {
                if (producer.lastUsedMillis() < time.toEpochMilli()) {
                    idle.add(producer.id());
                }
            });
            return idle;
        }

        Map<Integer, Integer> nextSequences(long id, int topicId) {
            Map<Integer, Integer> next = new TreeMap<>();
            sequences.forEach((key, value) -> {
                if (key.producerId() == id && key.partition().topicId() == topicId) {
                    next.put(key.partition().partition(), value.nextSequence());
                }
            });
            return next;
        }

        ProducerImage image() {
            return new ProducerImage(
                    producers.values().stream()
                            .sorted(Comparator.comparing(ProducerState::id))
                            .toList(),
                    sequences);
        }
    }

    private ProducerStates found = new ProducerStates();
    private NaiveProducers expected = new NaiveProducers();

    private static long anyId(Random random) {
        return random.nextInt(PRODUCERS) - 2;
    }

    private static Instant anyTime(Random random) {
        return TIMES.get(random.nextInt(TIMES.size()));
    }

    private static RecordBatch batch(long id, int epoch, int sequence, Instant time) {
        RecordBatch batch = RecordBatch.of(List.of(Records.record("x")));
        batch.stampProducer(id, epoch, sequence);
        batch.stampAppendTime(time.toEpochMilli());
        return batch;
    }

    private void store(PartitionId partition, RecordBatch batch) {
        found.used(batch);
        found.stored(partition, batch);
        expected.stored(partition, batch);
    }

    private void change(Random random) {
        int dice = random.nextInt(20);
        long id = anyId(random);
        if (dice < 5) {
            Instant time = anyTime(random);
            assertThat(found.open(id, OptionalInt.empty(), time)).isEqualTo(expected.open(id, time));
        } else if (dice < 15) {
            Optional<ProducerState> producer = found.find(id);
            if (producer.isPresent()) {
                PartitionId partition = new PartitionId(1 + random.nextInt(TOPICS), random.nextInt(PARTITIONS));
                store(partition, batch(id, producer.get().epoch(), random.nextInt(), anyTime(random)));
            }
        } else if (dice < 17) {
            Instant time = anyTime(random);
            List<Long> ids = List.of(id, anyId(random), id);
            assertThat(found.expire(ids, time)).isEqualTo(expected.expire(ids, time));
        } else if (dice < 19) {
            int topicId = 1 + random.nextInt(TOPICS);
            found.removeTopic(topicId);
            expected.sequences.keySet().removeIf(key -> key.partition().topicId() == topicId);
        } else {
            ProducerStates restored = new ProducerStates();
            restored.putAll(found.image());
            found = restored;
        }
    }

    private void assertAgrees() {
        assertThat(found.image()).isEqualTo(expected.image());
        assertThat(found.size()).isEqualTo(expected.producers.size());
        assertThat(found.sequencesSize()).isEqualTo(expected.sequences.size());
        for (Instant time : TIMES) {
            assertThat(found.idleSince(time))
                    .as("idle since %s", time)
                    .containsExactlyInAnyOrderElementsOf(expected.idleSince(time));
        }
        for (long id = -3; id < PRODUCERS; id++) {
            assertThat(found.find(id)).isEqualTo(Optional.ofNullable(expected.producers.get(id)));
            for (int topic = 1; topic <= TOPICS; topic++) {
                Map<Integer, Integer> next = expected.nextSequences(id, topic);
                assertThat(found.nextSequences(id, topic)).isEqualTo(next);
                for (int i = 0; i < PARTITIONS; i++) {
                    assertThat(found.hasSequences(id, new PartitionId(topic, i)))
                            .isEqualTo(next.containsKey(i));
                }
            }
        }
    }

    @Test
    void anyChangesLeaveWhatALookThroughAllOfThemWouldLeave() {
        Seeds.forEach(20, random -> {
            found = new ProducerStates();
            expected = new NaiveProducers();
            for (int i = 0; i < 100; i++) {
                change(random);
                assertAgrees();
            }
        });
    }

    @Test
    void nextSequencesAreInTheOrderOfPartitions() {
        found.open(7, OptionalInt.empty(), Instant.EPOCH);
        for (int partition : new int[] {9, 2, 100, 0}) {
            store(new PartitionId(1, partition), batch(7, 1, partition, Instant.EPOCH));
        }
        assertThat(found.nextSequences(7, 1).keySet()).containsExactly(0, 2, 9, 100);
    }

    @Test
    void producersThatAreUsedAgainOrForgottenLeaveNoMinuteBehind() {
        ProducersByUse byUse = new ProducersByUse();
        ProducerState first = new ProducerState(1, 1, 0);
        ProducerState used = new ProducerState(1, 1, 3 * ProducersByUse.GRAIN_MILLIS);
        byUse.changed(null, first);
        byUse.changed(first, used);
        assertThat(byUse.minutes()).isEqualTo(1);
        byUse.remove(used);
        assertThat(byUse.minutes()).isZero();
    }

    private static void forEachWithinTheLimit(IntConsumer work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long limit = threads.getCurrentThreadCpuTime() + LIMIT.toNanos();
        for (int i = 0; i < MANY; i++) {
            work.accept(i);
            if (threads.getCurrentThreadCpuTime() > limit) {
                fail("after %s: done with %d of %d", LIMIT, i, MANY);
            }
        }
    }

    @Test
    void costOfAProducerOrTopicDoesNotGrowWithAllThatAreHeld() {
        Instant between = Instant.EPOCH.plus(Duration.ofHours(1));
        Instant later = between.plus(Duration.ofHours(1));
        for (int id = 0; id < MANY; id++) {
            found.open(id, OptionalInt.empty(), later);
            found.stored(new PartitionId(id, 0), batch(id, 1, 0, later));
        }
        forEachWithinTheLimit(id -> {
            found.open(id, OptionalInt.empty(), Instant.EPOCH);
            found.nextSequences(id, id);
            List<Long> idle = found.idleSince(between);
            if (id % 2 == 0) {
                found.removeTopic(id);
            }
            found.expire(idle, between);
        });
        assertThat(found.size() + found.sequencesSize()).isZero();
    }

    @Test
    void costOfNotingThatOneIsGoneDoesNotGrowWithAllThatHaveChanged() {
        StateChanges changes = new StateChanges();
        for (int id = 0; id < MANY; id++) {
            changes.changed(new Key(id, new PartitionId(id, 0)), ProducerSequences.NONE);
        }
        forEachWithinTheLimit(id -> {
            if (id % 2 == 0) {
                changes.removed(new Topic(id, "t", 1, TopicConfig.DEFAULTS, 4096, Instant.EPOCH), List.of());
            } else {
                changes.removedProducers(Set.of((long) id));
            }
        });
        assertThat(changes.take(LogPosition.of(1), MANY).producers().sequences())
                .isEmpty();
    }
}
