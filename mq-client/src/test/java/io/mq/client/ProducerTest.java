package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.mq.batch.Compression;
import io.mq.client.FakeBroker.OpeningFate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ProducerTest {

    private final FakeBroker broker = FakeBroker.start(3);
    private final MqClient client = broker.client();

    @AfterEach
    void close() {
        broker.letGo();
        client.close();
        broker.close();
    }

    private static MqException failureOf(CompletableFuture<Published> future) {
        ExecutionException failed =
                catchThrowableOfType(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        assertThat(failed).isNotNull();
        return (MqException) failed.getCause();
    }

    private static ProducerConfig.Builder config() {
        return ProducerConfig.builder(TOPIC);
    }

    private List<CompletableFuture<Published>> send(Producer producer, int from, int to) {
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = from; i < to; i++) {
            futures.add(producer.send(Message.of("m" + i).toPartition(0)));
        }
        return futures;
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private void awaitFrames(int count) {
        await().until(() -> broker.framesSeen() >= count);
    }

    /** Without a connection, a call ends before its start returns. */
    @Test
    void serverThatIsAwayForManyAttemptsIsFoundAgain() throws Exception {
        Producer producer = client.producer(TOPIC);
        producer.send(Message.of("a").toPartition(0)).get();
        int port = broker.goAway();
        CompletableFuture<Published> waiting = producer.send(Message.of("b").toPartition(0));
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> !waiting.isDone());
        broker.comeBack(port);
        assertThat(waiting.get(30, TimeUnit.SECONDS).offset()).isEqualTo(1);
    }

    @Test
    void publishedTellsWhereTheMessageIs() throws Exception {
        Producer producer = client.producer(TOPIC);
        Published first = producer.send(Message.of("a").toPartition(1)).get();
        Published second = producer.send(Message.of("b").toPartition(1)).get();
        assertThat(first).isEqualTo(new Published(1, 0, Optional.of(Durability.FSYNCED), false));
        assertThat(second.offset()).isEqualTo(1);
        assertThat(broker.stored(1)).containsExactly("a", "b");
    }

    @Test
    void messageIsSentAtOnceWhenNothingIsOnItsWay() throws Exception {
        Producer producer = client.producer(TOPIC);
        for (int i = 0; i < 10; i++) {
            producer.send(Message.of("m" + i).toPartition(0)).get();
        }
        assertThat(broker.framesSeen()).isEqualTo(10);
    }

    @Test
    void messagesGatherWhileOneIsOnItsWay() {
        Producer producer = client.producer(TOPIC);
        broker.hold();
        send(producer, 0, 1);
        awaitFrames(1);
        send(producer, 1, 1000);
        broker.letGo();
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 1000));
        assertThat(broker.framesSeen()).isEqualTo(2);
    }

    @Test
    void fullBatchesGoOutWhileOthersAreOnTheirWayUpToTheLimit() {
        Producer producer = client.producer(
                config().batchBytesMax(1024).framesInFlightMax(3).build());
        broker.hold();
        send(producer, 0, 2000);
        awaitFrames(3);
        assertThat(broker.stored(0).size()).isBetween(3, 1000);
        assertThat(broker.framesSeen()).isEqualTo(3);
        broker.letGo();
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 2000));
    }

    @Test
    void noMoreIsOnItsWayThanTheServersWindow() {
        broker.windowBytes = 5000;
        AtomicLong bytes = new AtomicLong();
        broker.setFates(frame -> {
            bytes.addAndGet(frame.getBatch().getSerializedSize());
            return FrameFate.STORE;
        });
        Producer producer = client.producer(config().batchBytesMax(1024).build());
        broker.hold();
        for (int i = 0; i < 3000; i++) {
            var unused = producer.send(Message.of("0123456789"));
        }
        await().until(() -> bytes.get() > 3500);
        assertThat(bytes.get()).isLessThanOrEqualTo(5000);
        broker.letGo();
        producer.flush();
        assertThat(broker.stored()).hasSize(3000);
    }

    @ParameterizedTest
    @EnumSource
    void everyCompressionArrives(Compression compression) {
        Producer producer = client.producer(config().compression(compression).build());
        send(producer, 0, 5000);
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 5000));
    }

    @Test
    void equalKeysShareAPartitionAndOthersTakeTurns() throws Exception {
        Producer producer = client.producer(TOPIC);
        Published first =
                producer.send(Message.of("a").withKey("k").withHeader("h", "v")).get();
        Published second = producer.send(Message.of("b").withKey("k")).get();
        assertThat(second.partition()).isEqualTo(first.partition());
        List<Integer> turns = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            turns.add(producer.send(Message.of("c")).get().partition());
        }
        assertThat(turns).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void unknownTopicIsToldAtOnce() {
        assertThatThrownBy(() -> client.producer("nowhere")).isInstanceOfSatisfying(MqException.class, e -> {
            assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
            assertThat(e.reason()).isEqualTo("TOPIC_NOT_FOUND");
            assertThat(e.isRetryable()).isFalse();
            assertThat(e.metadata()).containsEntry("a", "b");
            assertThat(e.retryAfter()).contains(Duration.ofMillis(7));
        });
    }

    @Test
    void partitionThatIsNotThereIsToldAtOnce() {
        Producer producer = client.producer(TOPIC);
        assertThatThrownBy(() -> producer.send(Message.of("a").toPartition(3)))
                .isInstanceOfSatisfying(
                        MqException.class, e -> assertThat(e.reason()).isEqualTo("PARTITION_NOT_FOUND"));
    }

    @Test
    void messageLargerThanABatchGoesAlone() throws Exception {
        Producer producer = client.producer(config().batchBytesMax(1024).build());
        producer.send(Message.of("a".repeat(5000)).toPartition(0)).get();
        assertThat(broker.stored(0)).containsExactly("a".repeat(5000));
    }

    @Test
    void messageLargerThanTheServerTakesIsRefused() {
        broker.batchBytesMax = 2000;
        Producer producer = client.producer(TOPIC);
        assertThatThrownBy(() -> producer.send(Message.of("a".repeat(2000))))
                .isInstanceOfSatisfying(
                        MqException.class, e -> assertThat(e.reason()).isEqualTo("MESSAGE_TOO_LARGE"));
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void fullBufferFailsASendThatMayNotWait() {
        Producer producer = client.producer(config().batchBytesMax(1024)
                .bufferBytesMax(4096)
                .blockMax(Duration.ZERO)
                .build());
        broker.hold();
        assertThatExceptionOfType(MqException.class)
                .isThrownBy(() -> send(producer, 0, 1000))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(MqException.BUFFER_FULL))
                .satisfies(e -> assertThat(e.isRetryable()).isTrue());
        assertThat(producer.bufferedBytes()).isLessThanOrEqualTo(4096);
        broker.letGo();
        producer.flush();
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void fullBufferLetsASendWait() throws Exception {
        Producer producer = client.producer(
                config().batchBytesMax(1024).bufferBytesMax(4096).build());
        broker.hold();
        Thread sender = new Thread(() -> send(producer, 0, 1000));
        sender.start();
        await().until(() -> sender.getState() == Thread.State.TIMED_WAITING);
        broker.letGo();
        sender.join();
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 1000));
    }

    @Test
    void brokenStreamLosesNothingAndStoresNothingTwice() {
        Producer producer = client.producer(
                config().batchBytesMax(1024).framesInFlightMax(4).build());
        broker.hold();
        List<CompletableFuture<Published>> futures = send(producer, 0, 500);
        awaitFrames(4);
        broker.breakStreams();
        broker.letGo();
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 500));
        for (int i = 0; i < 500; i++) {
            assertThat(futures.get(i).join().offset()).isEqualTo(i);
        }
        assertThat(futures.get(0).join().duplicate()).isTrue();
        assertThat(futures.get(499).join().duplicate()).isFalse();
    }

    @Test
    void brokerThatWasAwayIsFoundAgain() {
        Producer producer = client.producer(TOPIC);
        send(producer, 0, 10);
        producer.flush();
        int port = broker.goAway();
        send(producer, 10, 20);
        broker.comeBack(port);
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 20));
    }

    @Test
    void frameThatFailsForNowKeepsItsPlace() {
        Producer producer = client.producer(config().batchBytesMax(1024).build());
        List<Long> failOnce = new ArrayList<>(List.of(2L, 3L, 5L));
        broker.setFates(frame -> failOnce.remove((Long) frame.getFrameId()) ? FrameFate.BUSY : FrameFate.STORE);
        send(producer, 0, 1000);
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 1000));
    }

    /** The frame is in doubt when the stream breaks: a change of leaders. */
    @Test
    void frameInDoubtIsNotStoredTwiceWhereTheStreamBreaksBeforeItIsSentAgain() {
        Producer producer = client.producer(config().batchBytesMax(1024).build());
        List<FrameFate> first = new ArrayList<>(List.of(new FrameFate.Doubt(true), new FrameFate.Break()));
        broker.setFates(frame -> first.isEmpty() ? FrameFate.STORE : first.remove(0));
        List<CompletableFuture<Published>> futures = send(producer, 0, 500);
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 500));
        assertThat(futures.get(0).join().duplicate()).isTrue();
    }

    /** What refuses every frame with one of these messages in it. */
    private static Function<io.mq.proto.PublishFrame, FrameFate> refusing(String... payloads) {
        Set<String> refused = Set.of(payloads);
        return frame ->
                FakeLog.payloadsOf(FakePublishStream.parse(frame)).stream().anyMatch(refused::contains)
                        ? FrameFate.REFUSE
                        : FrameFate.STORE;
    }

    private static List<String> without(List<String> all, String... some) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(List.of(some));
        return rest;
    }

    @ParameterizedTest
    @EnumSource
    void refusedMessageTakesNoOtherWithIt(Compression compression) {
        Producer producer = client.producer(
                config().batchBytesMax(1024).compression(compression).build());
        broker.setFates(refusing("m0", "m171", "m172", "m999"));
        List<CompletableFuture<Published>> futures = send(producer, 0, 1000);
        producer.flush();
        List<String> stored = broker.stored(0);
        assertThat(stored).isEqualTo(without(numbered(0, 1000), "m0", "m171", "m172", "m999"));
        for (int i = 0; i < 1000; i++) {
            CompletableFuture<Published> future = futures.get(i);
            if (List.of(0, 171, 172, 999).contains(i)) {
                assertThat(failureOf(future).reason()).isEqualTo("INVALID_BATCH");
                assertThat(failureOf(future).isOutcomeUnknown()).isFalse();
            } else {
                assertThat(stored.get((int) future.join().offset())).isEqualTo("m" + i);
            }
        }
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void refusedMessageIsFoundInFewFrames() {
        Producer producer = client.producer(TOPIC);
        broker.setFates(refusing("m700"));
        broker.hold();
        send(producer, 0, 1);
        awaitFrames(1);
        send(producer, 1, 1024);
        broker.letGo();
        producer.flush();
        // Ten times two halves, and again what was behind a refused one: not one frame for each message.
        assertThat(broker.framesSeen()).isLessThan(100);
        assertThat(broker.stored(0)).isEqualTo(without(numbered(0, 1024), "m700"));
    }

    @Test
    void flushWaitsForAllPartsOfARefusedBatch() throws Exception {
        Producer producer = client.producer(TOPIC);
        broker.setFates(refusing("m700"));
        broker.hold();
        send(producer, 0, 1);
        awaitFrames(1);
        List<CompletableFuture<Published>> futures = send(producer, 1, 1024);
        Thread flusher = new Thread(producer::flush);
        flusher.start();
        await().until(() -> flusher.getState() == Thread.State.TIMED_WAITING);
        broker.letGo();
        flusher.join();
        assertThat(futures).allMatch(CompletableFuture::isDone);
    }

    @Test
    void refusedMessageWhoseFollowersWereCutOffLeavesNoHole() {
        Producer producer = client.producer(config().batchBytesMax(1024).build());
        Function<io.mq.proto.PublishFrame, FrameFate> refusing = refusing("m90");
        broker.setFates(frame -> frame.getFrameId() == 4 ? new FrameFate.Break() : refusing.apply(frame));
        send(producer, 0, 1000);
        producer.flush();
        assertThat(broker.stored(0)).isEqualTo(without(numbered(0, 1000), "m90"));
    }

    @Test
    void fencedProducerFailsAllItsMessages() {
        Producer producer = client.producer(TOPIC);
        broker.hold();
        CompletableFuture<Published> sent = send(producer, 0, 1).get(0);
        awaitFrames(1);
        CompletableFuture<Published> waiting = send(producer, 1, 2).get(0);
        broker.fence();
        assertThat(failureOf(sent).reason()).isEqualTo(Reasons.PRODUCER_FENCED);
        assertThat(failureOf(sent).isOutcomeUnknown()).isTrue();
        assertThat(failureOf(waiting).isOutcomeUnknown()).isFalse();
        assertThatThrownBy(() -> send(producer, 2, 3)).hasMessageContaining(Reasons.PRODUCER_FENCED);
    }

    @Test
    void streamThatBeginsWhenItWasGivenUpOnDoesNotEndTheNext() throws Exception {
        broker.setOpeningFates(OpeningFate.LATE);
        Producer producer = client.producer(TOPIC);
        send(producer, 0, 3);
        producer.flush();
        assertThat(broker.isRefusedWhenCarriedOutLate()).isTrue();
        broker.setOpeningFates(OpeningFate.LATE);
        broker.breakStreams();
        send(producer, 3, 6).forEach(CompletableFuture::join);
        assertThat(broker.isRefusedWhenCarriedOutLate()).isTrue();
        send(producer, 6, 9).forEach(CompletableFuture::join);
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 9));
    }

    @Test
    void streamsWhoseBeginningsAreNotAnsweredAreFollowed() {
        broker.setOpeningFates(OpeningFate.LOST);
        Producer producer = client.producer(TOPIC);
        send(producer, 0, 3).forEach(CompletableFuture::join);
        broker.setOpeningFates(OpeningFate.LOST, OpeningFate.LOST);
        broker.breakStreams();
        send(producer, 3, 6).forEach(CompletableFuture::join);
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 6));
    }

    /** Otherwise they would put an end to each other for ever. */
    @Test
    void producerWhoseNumberAnotherHasTakenMeanwhileEnds() throws Exception {
        ProducerConfig config = config().producerId(7).build();
        Producer first = client.producer(config);
        send(first, 0, 3).forEach(CompletableFuture::join);
        broker.breakStreams();
        Producer second = client.producer(config);
        send(second, 3, 5).forEach(CompletableFuture::join);
        await().untilAsserted(() ->
                assertThatThrownBy(() -> send(first, 5, 6)).hasMessageContaining(Reasons.PRODUCER_FENCED));
        send(second, 5, 7).forEach(CompletableFuture::join);
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 7));
    }

    @Test
    void producerOfTheSameIdGoesOnWhereTheOtherWas() throws Exception {
        ProducerConfig config = config().producerId(7).build();
        Producer first = client.producer(config);
        send(first, 0, 3);
        first.flush();
        Producer second = client.producer(config);
        send(second, 3, 5);
        second.flush();
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 5));
        await().untilAsserted(() ->
                assertThatThrownBy(() -> send(first, 5, 6)).hasMessageContaining(Reasons.PRODUCER_FENCED));
    }

    @Test
    void unansweredMessageFailsWithAnUnknownOutcomeAndThoseBehindItGoOn() {
        Producer producer =
                client.producer(config().deliveryTimeout(Duration.ofMillis(300)).build());
        broker.setFates(frame -> frame.getFrameId() == 0 ? new FrameFate.StoreAndKeepSilent() : FrameFate.STORE);
        CompletableFuture<Published> silent = send(producer, 0, 1).get(0);
        assertThat(failureOf(silent).reason()).isEqualTo(MqException.OUTCOME_UNKNOWN);
        assertThat(failureOf(silent).isOutcomeUnknown()).isTrue();
        send(producer, 1, 10).forEach(CompletableFuture::join);
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 10));
    }

    @Test
    void lostFrameThatWasGivenUpLeavesNoHole() {
        Producer producer =
                client.producer(config().deliveryTimeout(Duration.ofMillis(300)).build());
        broker.setFates(frame -> frame.getFrameId() == 0 ? new FrameFate.KeepSilent() : FrameFate.STORE);
        CompletableFuture<Published> lost = send(producer, 0, 1).get(0);
        assertThat(failureOf(lost).isOutcomeUnknown()).isTrue();
        send(producer, 1, 10).forEach(CompletableFuture::join);
        assertThat(broker.stored(0)).isEqualTo(numbered(1, 10));
    }

    @Test
    void messageThatWasNeverSentFailsAsNotStored() {
        Producer producer =
                client.producer(config().deliveryTimeout(Duration.ofMillis(300)).build());
        broker.goAway();
        MqException failure = failureOf(send(producer, 0, 1).get(0));
        // Whether the loss of the connection or the message comes first is a matter of luck.
        assertThat(failure.reason()).isIn(MqException.DELIVERY_TIMEOUT, MqException.OUTCOME_UNKNOWN);
        assertThat(failureOf(send(producer, 1, 2).get(0)).reason()).isEqualTo(MqException.DELIVERY_TIMEOUT);
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void closeWaitsForWhatWasSent() {
        Producer producer = client.producer(TOPIC);
        List<CompletableFuture<Published>> futures = send(producer, 0, 1000);
        producer.close();
        assertThat(futures).allMatch(CompletableFuture::isDone);
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 1000));
        assertThatThrownBy(() -> send(producer, 0, 1)).hasMessageContaining(MqException.CLIENT_CLOSED);
        producer.close();
    }

    @Test
    void closeGivesUpWhatIsNotConfirmedInTime() {
        Producer producer = client.producer(TOPIC);
        broker.hold();
        CompletableFuture<Published> sent = send(producer, 0, 1).get(0);
        awaitFrames(1);
        CompletableFuture<Published> waiting = send(producer, 1, 2).get(0);
        producer.close(Duration.ofMillis(50));
        assertThat(failureOf(sent).isOutcomeUnknown()).isTrue();
        assertThat(failureOf(waiting).isOutcomeUnknown()).isFalse();
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void callbackThatBlocksKeepsNothingElseFromGoingOn() throws Exception {
        Producer producer = client.producer(TOPIC);
        CompletableFuture<Void> release = new CompletableFuture<>();
        producer.send(Message.of("a").toPartition(0), (published, failure) -> release.join());
        awaitFrames(1);
        Producer other = client.producer(TOPIC);
        assertThat(other.send(Message.of("b").toPartition(0)).get().offset()).isEqualTo(1);
        release.complete(null);
    }

    @Test
    void callbackMaySendAgain() throws Exception {
        Producer producer = client.producer(TOPIC);
        CompletableFuture<Published> second = new CompletableFuture<>();
        producer.send(
                Message.of("a").toPartition(0),
                (published, failure) -> producer.send(Message.of("b").toPartition(0), (p, f) -> second.complete(p)));
        assertThat(second.get(10, TimeUnit.SECONDS).offset()).isEqualTo(1);
    }
}
