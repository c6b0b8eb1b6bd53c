package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionerTest {

    private static Optional<ByteBuffer> key(String text) {
        return Optional.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The vectors of Kafka's own UtilsTest. */
    @ParameterizedTest
    @CsvSource({
        "21, -973932308",
        "foobar, -790332482",
        "a-little-bit-long-string, -985981536",
        "a-little-bit-longer-string, -1486304829",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
        "abc, 479470107"
    })
    void hashIsThatOfKafka(String key, int expected) {
        assertThat(Partitioner.murmur2(key(key).orElseThrow())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"21, 10", "foobar, 10", "a-little-bit-long-string, 7", "abc, 1000"})
    void keyGoesWhereKafkaWouldSendIt(String key, int partitions) {
        int hash = Partitioner.murmur2(key(key).orElseThrow());
        assertThat(new Partitioner().choose(key(key), partitions)).isEqualTo((hash & 0x7fffffff) % partitions);
    }

    @Test
    void hashStartsAtTheBuffersPosition() {
        ByteBuffer inTheMiddle = ByteBuffer.wrap("xxfoobar".getBytes(StandardCharsets.UTF_8));
        inTheMiddle.position(2);
        assertThat(Partitioner.murmur2(inTheMiddle)).isEqualTo(-790332482);
        assertThat(inTheMiddle.position()).as("position after hashing").isEqualTo(2);
    }

    @Test
    void equalKeysSharePartition() {
        Partitioner partitioner = new Partitioner();
        for (int i = 0; i < 100; i++) {
            String key = "key " + i;
            assertThat(partitioner.choose(key(key), 13)).isEqualTo(partitioner.choose(key(key), 13));
        }
    }

    @Test
    void emptyKeyIsAKeyAndAlwaysChoosesTheSamePartition() {
        Partitioner partitioner = new Partitioner();
        int first = partitioner.choose(key(""), 13);
        for (int i = 0; i < 20; i++) {
            assertThat(partitioner.choose(key(""), 13)).isEqualTo(first);
        }
    }

    @Test
    void messagesWithoutKeyTakeTurns() {
        Partitioner partitioner = new Partitioner();
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chosen.add(partitioner.choose(Optional.empty(), 3));
        }
        assertThat(chosen).containsExactly(0, 1, 2, 0, 1, 2);
    }

    @Test
    void everyPartitionOfManyGetsSomeKeys() {
        Partitioner partitioner = new Partitioner();
        int[] hits = new int[16];
        for (int i = 0; i < 1600; i++) {
            hits[partitioner.choose(key("customer-" + i), hits.length)]++;
        }
        for (int partition = 0; partition < hits.length; partition++) {
            assertThat(hits[partition]).as("keys in partition %d", partition).isBetween(50, 200);
        }
    }
}
