package io.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Compression;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/how-to/use-the-java-client.md. */
@Timeout(60)
class ExamplesTest {

    private final FakeBroker broker = FakeBroker.start(1);
    private final Queue<String> output = new ConcurrentLinkedQueue<>();

    ExamplesTest() {
        broker.createTopic("orders", 4);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void print(String line) {
        output.add(line);
    }

    @Test
    void publish() {
        try (MqClient client = MqClient.forTarget(broker.address()).build();
                Producer orders = client.producer("orders")) {
            CompletableFuture<Published> published =
                    orders.send(Message.of("order 1").withKey("customer-7").withHeader("source", "web"));
            print("stored at " + published.join().offset());
        }
        assertThat(output).containsExactly("stored at 0");
    }

    @Test
    void publishManyMessages() {
        try (MqClient client = MqClient.forTarget(broker.address()).build();
                Producer orders = client.producer(ProducerConfig.builder("orders")
                        .compression(Compression.LZ4)
                        .bufferBytesMax(64 << 20)
                        .deliveryTimeout(Duration.ofSeconds(30))
                        .build())) {
            for (int number = 0; number < 10_000; number++) {
                Message message = Message.of("order " + number);
                orders.send(message, (published, failure) -> {
                    if (failure != null) {
                        print(failure.isOutcomeUnknown() ? "may be stored" : "not stored: " + failure.reason());
                    }
                });
            }
            orders.flush();
        }
        assertThat(output).isEmpty();
    }

    @Test
    void consume() {
        publish();
        output.clear();
        try (MqClient client = MqClient.forTarget(broker.address()).build();
                Consumer consumer = client.consumer(
                        ConsumerConfig.group("billing", "orders").manualCommit().build())) {
            List<ConsumedMessage> messages = consumer.poll(Duration.ofSeconds(10));
            for (ConsumedMessage message : messages) {
                print(message.topicPartition() + "@" + message.offset() + ": " + message.payloadText());
            }
            consumer.commitSync();
        }
        assertThat(output).hasSize(1).first().asString().endsWith("@0: order 1");
    }

    @Test
    void listen() {
        publish();
        output.clear();
        try (MqClient client = MqClient.forTarget(broker.address()).build();
                Consumer consumer = client.consumer(
                        ConsumerConfig.group("billing", "orders").build())) {
            consumer.listen(message -> print(message.payloadText()));
            await().until(() -> !output.isEmpty());
        }
        assertThat(output).containsExactly("order 1");
    }
}
