package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever happens to streams, each message is handed out, in order, and a second time only where that is announced. */
@Timeout(120)
class ConsumerChaosTest {

    private static final int SEEDS = 8;
    private static final int MESSAGES = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void messagesAreHandedOutInOrderWithoutAGap() {
        Seeds.forEach(SEEDS, this::run);
    }

    private void run(Random random) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        int[] next = {0};
        int[] lost = {0};
        RebalanceListener listener = new RebalanceListener() {
            @Override
            public void lost(TopicPartition which) {
                lost[0]++;
                next[0] = -1;
            }
        };
        try (FakeBroker broker = FakeBroker.start(1);
                MqClient client = broker.client();
                Consumer consumer = client.consumer(ConsumerConfig.group("g", TOPIC)
                        .autoCommit(Duration.ofMillis(1 + random.nextInt(20)))
                        .pollMessagesMax(1 + random.nextInt(50))
                        .credit(1000 + random.nextInt(5000), 20 + random.nextInt(200))
                        .rebalanceListener(listener)
                        .build())) {
            int stored = 0;
            int steals = 0;
            List<Long> jumps = new ArrayList<>();
            long until = System.nanoTime() + PATIENCE.toNanos();
            while ((next[0] < MESSAGES) && System.nanoTime() - until < 0) {
                if (stored < MESSAGES && random.nextInt(3) > 0) {
                    int count = Math.min(MESSAGES - stored, 1 + random.nextInt(60));
                    broker.store(
                            0,
                            IntStream.range(stored, stored + count)
                                    .mapToObj(i -> "m" + i)
                                    .toArray(String[]::new));
                    stored += count;
                }
                switch (random.nextInt(40)) {
                    case 0 -> broker.groups().breakStreams();
                    case 1 -> broker.groups().damageNextBatch();
                    case 2 -> {
                        broker.groups().stealOnce(partition);
                        broker.groups().breakStreams();
                        steals++;
                    }
                    default -> {}
                }
                poll(consumer, next, jumps);
            }
            assertThat(next[0]).isEqualTo(MESSAGES);
            assertThat(lost[0]).isLessThanOrEqualTo(steals);
            assertThat(jumps).allMatch(offset -> offset >= 0).hasSizeLessThanOrEqualTo(steals);
        }
    }

    private static void poll(Consumer consumer, int[] next, List<Long> jumps) {
        List<ConsumedMessage> messages;
        try {
            messages = consumer.poll(Duration.ofMillis(20));
        } catch (MqException e) {
            assertThat(e.reason()).isEqualTo("CORRUPT_DATA");
            return;
        }
        for (ConsumedMessage message : messages) {
            if (next[0] < 0) {
                jumps.add(message.offset());
                next[0] = (int) message.offset();
            }
            assertThat(message.offset()).isEqualTo(next[0]);
            assertThat(message.payloadText()).isEqualTo("m" + next[0]);
            next[0]++;
        }
    }
}
