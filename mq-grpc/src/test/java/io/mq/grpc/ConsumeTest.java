package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.Assigned;
import io.mq.proto.Batches;
import io.mq.proto.Committed;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Credit;
import io.mq.proto.Heartbeat;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishBatchRequest;
import io.mq.proto.RecordBatch;
import io.mq.proto.Revoked;
import io.mq.proto.SeekRequest;
import io.mq.proto.StartPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConsumeTest {

    private static final long MUCH = 1L << 40;

    @RegisterExtension
    final ServerFixture server =
            ServerFixture.with("mq.grpc.heartbeat-interval=200ms", "mq.delivery.release-timeout=60s");

    @BeforeEach
    void createTopic() {
        server.createTopic("t", 1);
    }

    private void publish(RecordBatch batch) {
        publish("t", 0, batch);
    }

    private void publish(String topic, int partition, RecordBatch batch) {
        var unused = server.queue()
                .publishBatch(PublishBatchRequest.newBuilder()
                        .setTopic(topic)
                        .setPartition(partition)
                        .setBatch(batch)
                        .build());
    }

    private Consumption join(String consumer) throws InterruptedException {
        return Consumption.join(server.calls(), "g", consumer, "t");
    }

    @Test
    void batchesArriveAsTheirProducerMadeThem() throws Exception {
        RecordBatch sent = ProducedBatches.compressed("a", "b");
        publish(sent);
        publish(ProducedBatches.of("c"));
        Consumption consumer = join("c1");
        consumer.credit(MUCH, MUCH);

        Assigned assigned = consumer.nextAssigned();
        assertThat(assigned.getTopic()).isEqualTo("t");
        assertThat(assigned.getOffset()).isZero();
        Batches batches = consumer.nextBatches();

        assertThat(batches.getTopic()).isEqualTo("t");
        assertThat(batches.getGeneration()).isEqualTo(assigned.getGeneration());
        RecordBatch first = batches.getBatches(0);
        assertThat(first.getRecords()).isEqualTo(sent.getRecords());
        assertThat(first.getRecordsCrc()).isEqualTo(sent.getRecordsCrc());
        assertThat(first.getBaseOffset()).isZero();
        assertThat(first.getAppendTime()).isPositive();
        assertThat(batches.getBatches(1).getBaseOffset()).isEqualTo(2);
    }

    @Test
    void newMessagesAreTailed() throws Exception {
        Consumption consumer = join("c1");
        consumer.credit(MUCH, MUCH);
        consumer.nextAssigned();
        for (int i = 0; i < 20; i++) {
            publish(ProducedBatches.of("m" + i));
            assertThat(consumer.nextPayloads(1)).containsExactly("m" + i);
        }
    }

    @Test
    void nothingIsSentWithoutCreditAndNoMoreThanItsBatch() throws Exception {
        for (int i = 0; i < 5; i++) {
            publish(ProducedBatches.of("a" + i, "b" + i));
        }
        Consumption consumer = join("c1");
        consumer.nextAssigned();
        assertNothingComes(consumer);

        consumer.credit(3, MUCH);
        assertThat(consumer.nextPayloads(4)).containsExactly("a0", "b0", "a1", "b1");
        assertNothingComes(consumer);

        // One was taken too much.
        consumer.credit(2, MUCH);
        assertThat(consumer.nextPayloads(2)).containsExactly("a2", "b2");
        assertNothingComes(consumer);

        consumer.credit(MUCH, MUCH);
        assertThat(consumer.nextPayloads(4)).hasSize(4);
    }

    private static void assertNothingComes(Consumption consumer) {
        await().during(Duration.ofMillis(300))
                .until(() -> consumer.pending().stream().noneMatch(ConsumeResponse::hasBatches));
    }

    @Test
    void creditOfBytesLetsOneBatchOfAnySizePass() throws Exception {
        publish(ProducedBatches.of("x".repeat(500_000)));
        publish(ProducedBatches.of("y"));
        Consumption consumer = join("c1");
        consumer.credit(MUCH, 1);
        assertThat(consumer.nextPayloads(1).get(0)).hasSize(500_000);
        assertNothingComes(consumer);
        consumer.credit(0, 500_000 + 1000);
        assertThat(consumer.nextPayloads(1)).containsExactly("y");
    }

    @Test
    void groupGoesOnWhereItHasCommitted() throws Exception {
        publish(ProducedBatches.of("a", "b", "c"));
        Consumption first = join("c1");
        first.credit(MUCH, MUCH);
        Assigned assigned = first.nextAssigned();
        first.nextPayloads(3);
        Committed committed = first.commit(assigned, 2);
        assertThat(committed.getCommittedOffset()).isEqualTo(2);
        assertThat(committed.hasFailed()).isFalse();
        first.complete();
        first.awaitEnd();

        Consumption second = join("c2");
        second.credit(MUCH, MUCH);
        assertThat(second.nextAssigned().getOffset()).isEqualTo(2);
        Batches batches = second.nextBatches();
        assertThat(batches.getFromOffset()).isEqualTo(2);
        assertThat(Consumption.payloads(batches)).containsExactly("c");
    }

    @Test
    void partitionGoesToTheNextConsumerWhenItWasReleased() throws Exception {
        server.createTopic("wide", 2);
        Consumption first = Consumption.join(server.calls(), "g", "c1", "wide");
        first.credit(MUCH, MUCH);
        Assigned one = first.nextAssigned();
        Assigned other = first.nextAssigned();
        publish("wide", 0, ProducedBatches.of("a"));
        publish("wide", 1, ProducedBatches.of("b"));
        assertThat(first.nextPayloads(2)).containsExactlyInAnyOrder("a", "b");

        Consumption second = Consumption.join(server.calls(), "g", "c2", "wide");
        second.credit(MUCH, MUCH);
        Revoked revoked = first.nextRevoked();
        Assigned moved = revoked.getPartition() == one.getPartition() ? one : other;
        await().during(Duration.ofMillis(300))
                .until(() -> second.pending().stream().noneMatch(ConsumeResponse::hasAssigned));
        // What it was sent may still be committed.
        assertThat(first.commit(moved, 1).getCommittedOffset()).isEqualTo(1);
        first.release(revoked);

        Assigned taken = second.nextAssigned();
        assertThat(taken.getPartition()).isEqualTo(revoked.getPartition());
        assertThat(taken.getOffset()).isEqualTo(1);
        assertThat(taken.getGeneration()).isGreaterThan(revoked.getGeneration());
        assertThat(first.commit(moved, 1).getFailed().getReason()).isEqualTo(Reason.COMMIT_FENCED.name());
    }

    @Test
    void partitionOfAConsumerThatIsGoneGoesToTheNext() throws Exception {
        Consumption first = join("c1");
        first.nextAssigned();
        Consumption second = join("c2");
        first.cancel();
        assertThat(second.nextAssigned().getTopic()).isEqualTo("t");
    }

    @Test
    void seekSendsAgainUnderANewGenerationAndFencesCommitsOfTheOld() throws Exception {
        publish(ProducedBatches.of("a", "b"));
        Consumption consumer = join("c1");
        consumer.credit(MUCH, MUCH);
        Assigned before = consumer.nextAssigned();
        consumer.nextPayloads(2);
        assertThat(consumer.commit(before, 2).getCommittedOffset()).isEqualTo(2);

        var unused = server.queue()
                .seek(SeekRequest.newBuilder()
                        .setTopic("t")
                        .setConsumerGroup("g")
                        .setTo(StartPosition.newBuilder().setEarliest(true))
                        .build());
        Revoked revoked = consumer.nextRevoked();
        assertThat(consumer.commit(before, 2).getFailed().getReason()).isEqualTo(Reason.COMMIT_FENCED.name());
        consumer.release(revoked);

        Assigned after = consumer.nextAssigned();
        assertThat(after.getOffset()).isZero();
        assertThat(consumer.nextPayloads(2)).containsExactly("a", "b");
        assertThat(consumer.commit(before, 2).getFailed().getReason()).isEqualTo(Reason.COMMIT_FENCED.name());
        assertThat(consumer.commit(after, 1).getCommittedOffset()).isEqualTo(1);
    }

    @Test
    void commitOfWhatWasNeverSentIsRefused() throws Exception {
        publish(ProducedBatches.of("a"));
        Consumption consumer = join("c1");
        Assigned assigned = consumer.nextAssigned();
        Committed refused = consumer.commit(assigned, 1);
        assertThat(refused.hasCommittedOffset()).isFalse();
        assertThat(refused.getFailed().getReason()).isEqualTo(Reason.INVALID_FIELD.name());
        assertThat(refused.getFailed().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
        Assigned foreign = assigned.toBuilder().setPartition(7).build();
        assertThat(consumer.commit(foreign, 0).getFailed().getReason()).isEqualTo(Reason.COMMIT_FENCED.name());
    }

    @Test
    void severalTopicsShareAStream() throws Exception {
        server.createTopic("u", 1);
        Consumption consumer = Consumption.join(server.calls(), "g", "c1", "t", "u");
        consumer.credit(MUCH, MUCH);
        publish("t", 0, ProducedBatches.of("a"));
        assertThat(consumer.nextBatches().getTopic()).isEqualTo("t");
        publish("u", 0, ProducedBatches.of("b"));
        assertThat(consumer.nextBatches().getTopic()).isEqualTo("u");
    }

    @Test
    void readerWithoutAGroupReadsEverythingAndCommitsNothing() throws Exception {
        publish(ProducedBatches.of("a"));
        Consumption reader = Consumption.open(server.calls());
        reader.init(ConsumeInit.newBuilder().addTopics("t").build());
        reader.credit(MUCH, MUCH);
        Assigned assigned = reader.nextAssigned();
        assertThat(reader.nextPayloads(1)).containsExactly("a");
        assertThat(reader.commit(assigned, 1).getFailed().getReason()).isEqualTo(Reason.INVALID_FIELD.name());
    }

    @Test
    void idleConsumerHearsFromTheServerWithTheEnds() throws Exception {
        publish(ProducedBatches.of("a", "b"));
        Consumption consumer = join("");
        consumer.nextAssigned();
        Heartbeat heartbeat = consumer.next(ConsumeResponse::hasHeartbeat, ConsumeResponse::getHeartbeat);
        assertThat(heartbeat.getEndsList()).hasSize(1);
        assertThat(heartbeat.getEnds(0).getEndOffset()).isEqualTo(2);
    }

    @Test
    void badRequestsEndTheStreamWithAReason() throws Exception {
        assertRefused(
                ConsumeRequest.newBuilder()
                        .setCredit(Credit.newBuilder().setBytes(1))
                        .build(),
                "init");
        assertRefused(init(ConsumeInit.newBuilder()), "topics");
        assertRefused(init(ConsumeInit.newBuilder().addTopics("t").addTopics("t")), "topics");
        assertRefused(init(ConsumeInit.newBuilder().addTopics("t").setAckModeValue(9)), "ack_mode");
        Consumption unknown = Consumption.open(server.calls());
        unknown.send(init(ConsumeInit.newBuilder().addTopics("t").addTopics("nope")));
        assertThatEnd(unknown.awaitFailure()).hasCode(Code.NOT_FOUND).hasReason(Reason.TOPIC_NOT_FOUND);
    }

    private static ConsumeRequest init(ConsumeInit.Builder init) {
        return ConsumeRequest.newBuilder().setInit(init).build();
    }

    private void assertRefused(ConsumeRequest request, String field) throws Exception {
        Consumption consumer = Consumption.open(server.calls());
        consumer.send(request);
        assertThatEnd(consumer.awaitFailure())
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names(field);
    }

    @Test
    void creditThatOverflowsOrIsNegativeEndsTheStream() throws Exception {
        for (Credit credit : List.of(
                Credit.newBuilder().setMessages(-1).build(),
                Credit.newBuilder().setBytes(-1).build(),
                Credit.newBuilder().setBytes(Long.MAX_VALUE).build())) {
            Consumption consumer = join("c1");
            consumer.credit(1, 1);
            consumer.credit(credit.getMessages(), credit.getBytes());
            assertThatEnd(consumer.awaitFailure())
                    .hasCode(Code.INVALID_ARGUMENT)
                    .names("credit");
        }
    }

    @Test
    void consumersThatStopReadingWithCreditOpenHoldUpNobody() throws Exception {
        String payload = "x".repeat(100_000);
        for (int i = 0; i < 200; i++) {
            publish(ProducedBatches.of(payload));
        }
        List<Consumption> stuck = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Consumption consumer = Consumption.openWithoutReading(
                    MessageQueueServiceGrpc.newStub(server.newChannel(channel -> channel.flowControlWindow(64 << 10))));
            consumer.init(ConsumeInit.newBuilder().addTopics("t").build());
            consumer.credit(MUCH, MUCH);
            stuck.add(consumer);
        }
        Consumption sound = Consumption.open(server.calls());
        sound.init(ConsumeInit.newBuilder().addTopics("t").build());
        sound.credit(MUCH, MUCH);
        assertThat(sound.nextPayloads(200)).hasSize(200).containsOnly(payload);
        assertThat(stuck).allMatch(consumer -> consumer.pending().size() <= 1);

        stuck.get(0).call().request(Integer.MAX_VALUE);
        assertThat(stuck.get(0).nextPayloads(200)).hasSize(200).containsOnly(payload);
    }

    @Test
    void deletedTopicEndsTheStream() throws Exception {
        Consumption consumer = join("c1");
        consumer.nextAssigned();
        var unused = server.queue()
                .deleteTopic(
                        io.mq.proto.DeleteTopicRequest.newBuilder().setName("t").build());
        assertThatEnd(consumer.awaitFailure()).hasCode(Code.ABORTED).hasReason(Reason.TOPIC_DELETED);
    }
}
