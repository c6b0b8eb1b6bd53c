package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;

    @BeforeEach
    void startBroker() {
        fixture = new BrokerFixture(temporary.resolve("data"))
                .set("mq.retention.interval", "100ms")
                // Damage on the disk is to be met.
                .set("mq.delivery.tail-bytes-max", "0");
        fixture.start();
        fixture.create("t", 1);
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            fixture.publish("t", "m" + i);
        }
    }

    private static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private CompletableFuture<Fetched> fetch(long offset, int messagesMax, int bytesMax, Duration wait) {
        return fixture.broker().reader().fetch("t", 0, offset, messagesMax, bytesMax, wait);
    }

    private static BrokerException refusal(CompletableFuture<Fetched> future) {
        assertThat(future.handle((answer, failure) -> true)).succeedsWithin(LONG);
        return (BrokerException)
                catchThrowableOfType(CompletionException.class, future::join).getCause();
    }

    @Test
    void noMoreMessagesAreFetchedThanAskedFor() {
        publish(10);
        assertThat(BrokerFixture.payloads(fetch(2, 3, 100_000, Duration.ZERO).join()))
                .isEqualTo(messages(2, 5));
    }

    @Test
    void noMoreBytesAreFetchedThanAskedForExceptForAFirstMessage() {
        publish(10);
        assertThat(BrokerFixture.payloads(fetch(0, 100, 12, Duration.ZERO).join()))
                .isEqualTo(messages(0, 3));
        assertThat(BrokerFixture.payloads(fetch(0, 100, 1, Duration.ZERO).join()))
                .isEqualTo(messages(0, 1));
    }

    @Test
    void backlogLargerThanOneReadIsFetchedWhole() {
        String large = "x".repeat(50_000);
        for (int i = 0; i < 12; i++) {
            fixture.publish("t", i + large);
        }
        assertThat(fixture.fetch("t", 0, 0)).hasSize(12);
    }

    @Test
    void fetchAtTheEndIsEmptyAndSaysWhereTheEndIs() {
        publish(3);
        Fetched fetched = fetch(3, 10, 1000, Duration.ZERO).join();
        assertThat(fetched.messages()).isEmpty();
        assertThat(fetched.end()).isEqualTo(3);
    }

    @Test
    void offsetOutsideIsRefusedWithBothEndsAlsoByOneWhoWouldWait() {
        publish(3);
        BrokerException refusal = refusal(fetch(4, 10, 1000, LONG));
        assertThat(refusal.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertThat(refusal.metadata()).containsEntry("start", "0").containsEntry("end", "3");
        assertThat(refusal(fetch(-1, 10, 1000, Duration.ZERO)).reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void waitingFetchIsAnsweredByTheNextMessage() {
        publish(1);
        CompletableFuture<Fetched> waiting = fetch(1, 10, 1000, LONG);
        assertThat(waiting).isNotDone();
        fixture.publish("t", "m1");
        assertThat(waiting)
                .succeedsWithin(LONG)
                .satisfies(
                        fetched -> assertThat(BrokerFixture.payloads(fetched)).containsExactly("m1"));
    }

    @Test
    void waitingFetchIsAnsweredAtOnceWhereThereIsSomething() {
        publish(1);
        assertThat(fetch(0, 10, 1000, LONG)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void waitingFetchEndsEmptyWhenItsTimeIsOver() {
        Fetched fetched = fetch(0, 10, 1000, Duration.ofMillis(50)).join();
        assertThat(fetched.messages()).isEmpty();
    }

    @Test
    void fetchFromADeletedTopicIsRefused() {
        publish(1);
        CompletableFuture<Fetched> waiting = fetch(1, 10, 1000, Duration.ofMillis(200));
        fixture.broker().topics().delete("t").join();
        assertThat(refusal(waiting).reason()).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(catchThrowableOfType(BrokerException.class, () -> fetch(0, 10, 1000, Duration.ZERO))
                        .reason())
                .isEqualTo(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void unknownPartitionIsRefused() {
        assertThat(catchThrowableOfType(BrokerException.class, () -> fixture.fetch("t", 1, 0))
                        .reason())
                .isEqualTo(Reason.PARTITION_NOT_FOUND);
    }

    @Test
    void fetchBelowTheStartIsRefused() {
        fixture.broker()
                .topics()
                .alter(
                        "t",
                        0,
                        new TopicConfig(
                                Optional.of(Duration.ofMillis(1)),
                                OptionalLong.empty(),
                                OptionalInt.empty(),
                                Optional.empty()))
                .join();
        publish(3);
        fixture.passTime(Duration.ofSeconds(1));
        await().until(() -> fixture.broker().topics().describe("t").messages() == 0);
        assertThat(refusal(fetch(0, 1, 1, Duration.ZERO)).metadata()).containsEntry("start", "3");
    }

    @Test
    void damagedMessageIsAnErrorAndAProblemOfTheBroker() throws IOException {
        publish(3);
        Path segment;
        try (Stream<Path> files = Files.walk(fixture.root())) {
            segment = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(100);
            file.write('!');
        }
        BrokerException refusal = refusal(fetch(0, 10, 1000, Duration.ZERO));
        assertThat(refusal.reason()).isEqualTo(Reason.CORRUPT_DATA);
        assertThat(refusal).hasMessageContaining(segment + "@");
        assertThat(fixture.broker().status().damages()).isEqualTo(1);
        BrokerHealth health = fixture.broker().status().health();
        assertThat(health.isReady()).isTrue();
        assertThat(health.problems()).singleElement().asString().contains("damaged", segment.toString());
    }
}
