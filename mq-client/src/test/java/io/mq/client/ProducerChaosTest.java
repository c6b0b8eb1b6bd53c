package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Compression;
import io.mq.batch.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever happens to frames and streams, what was confirmed is stored once and in order. */
@Timeout(120)
class ProducerChaosTest {

    private static final int SEEDS = 12;
    private static final int MESSAGES = 1500;

    @Test
    void confirmedMessagesAreStoredOnceAndInOrder() {
        Seeds.forEach(SEEDS, this::run);
    }

    private void run(Random random) {
        int partitions = 1 + random.nextInt(3);
        try (FakeBroker broker = FakeBroker.start(partitions);
                MqClient client = broker.client()) {
            Random fate = new Random(random.nextLong());
            int trouble = 2 + random.nextInt(20);
            broker.setFates(frame -> choose(fate, trouble));
            broker.windowBytes = 2000 + random.nextInt(20_000);
            Producer producer = client.producer(ProducerConfig.builder(TOPIC)
                    .batchBytesMax(1024 + random.nextInt(2000))
                    .framesInFlightMax(1 + random.nextInt(8))
                    .bufferBytesMax(4096 + random.nextInt(100_000))
                    .compression(Compression.values()[random.nextInt(3)])
                    .build());
            List<CompletableFuture<Published>> futures = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                futures.add(producer.send(Message.of("m" + i).toPartition(random.nextInt(partitions))));
                if (random.nextInt(400) == 0) {
                    broker.breakStreams();
                }
                if (random.nextInt(300) == 0) {
                    producer.flush();
                }
            }
            producer.flush();
            check(broker, futures, partitions);
        }
    }

    private static FrameFate choose(Random random, int trouble) {
        if (random.nextInt(trouble) != 0) {
            return FrameFate.STORE;
        }
        return switch (random.nextInt(5)) {
            case 0 -> new FrameFate.Break();
            case 1 -> new FrameFate.StoreAndBreak();
            case 2 -> FrameFate.REFUSE;
            // Rarer than others: the client waits before it opens another stream.
            case 3 ->
                random.nextInt(4) == 0
                        ? new FrameFate.Doubt(random.nextBoolean())
                        : new FrameFate.Fail(14, "JOURNAL_FAILED", true, Duration.ofMillis(random.nextInt(3)));
            default -> FrameFate.BUSY;
        };
    }

    private static void check(FakeBroker broker, List<CompletableFuture<Published>> futures, int partitions) {
        List<List<String>> stored = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            List<String> log = broker.stored(partition);
            assertThat(log.stream().map(m -> Integer.parseInt(m.substring(1))).toList())
                    .as("partition %d", partition)
                    .isSorted()
                    .doesNotHaveDuplicates();
            stored.add(log);
        }
        Set<String> confirmed = new HashSet<>();
        Set<String> uncertain = new HashSet<>();
        for (int i = 0; i < futures.size(); i++) {
            CompletableFuture<Published> future = futures.get(i);
            assertThat(future).as("m%d", i).isDone();
            if (!future.isCompletedExceptionally()) {
                Published published = future.join();
                assertThat(stored.get(published.partition()).get((int) published.offset()))
                        .isEqualTo("m" + i);
                confirmed.add("m" + i);
            } else if (future.handle((published, failure) -> ((MqException) failure).isOutcomeUnknown())
                    .join()) {
                // Stored, but refused when it was sent again to learn where.
                uncertain.add("m" + i);
            }
        }
        Set<String> rest = new HashSet<>(broker.stored());
        assertThat(rest.containsAll(confirmed))
                .as("all that was confirmed is stored")
                .isTrue();
        rest.removeAll(confirmed);
        rest.removeAll(uncertain);
        assertThat(rest).as("stored, though it failed as not stored").isEmpty();
    }
}
