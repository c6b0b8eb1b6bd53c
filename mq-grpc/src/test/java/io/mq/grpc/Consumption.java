package io.mq.grpc;

import static io.mq.grpc.ServerFixture.TIMEOUT_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mq.proto.Assigned;
import io.mq.proto.Batches;
import io.mq.proto.Committed;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeReady;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Credit;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.RecordBatch;
import io.mq.proto.Records;
import io.mq.proto.Release;
import io.mq.proto.Revoked;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/** A consumer's Consume call, written from the contract alone. */
final class Consumption implements ClientResponseObserver<ConsumeRequest, ConsumeResponse> {

    private final BlockingQueue<ConsumeResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final boolean reads;
    private ClientCallStreamObserver<ConsumeRequest> call;

    private Consumption(boolean reads) {
        this.reads = reads;
    }

    /** A consumer that takes the first answer and no other. */
    static Consumption openWithoutReading(MessageQueueServiceStub stub) {
        Consumption opened = new Consumption(false);
        var unused = stub.consume(opened);
        return opened;
    }

    static Consumption open(MessageQueueServiceStub stub) {
        Consumption opened = new Consumption(true);
        var unused = stub.consume(opened);
        return opened;
    }

    /** A member of a group that is ready and has no credit yet. */
    static Consumption join(MessageQueueServiceStub stub, String group, String consumer, String... topics)
            throws InterruptedException {
        Consumption opened = open(stub);
        opened.init(ConsumeInit.newBuilder()
                .addAllTopics(List.of(topics))
                .setConsumerGroup(group)
                .setConsumerId(consumer)
                .build());
        return opened;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ConsumeRequest> stream) {
        call = stream;
        if (!reads) {
            stream.disableAutoRequestWithInitial(1);
        }
    }

    ConsumeReady init(ConsumeInit init) throws InterruptedException {
        send(ConsumeRequest.newBuilder().setInit(init).build());
        return next(ConsumeResponse::hasReady, ConsumeResponse::getReady);
    }

    void send(ConsumeRequest request) {
        call.onNext(request);
    }

    void credit(long messages, long bytes) {
        send(ConsumeRequest.newBuilder()
                .setCredit(Credit.newBuilder().setMessages(messages).setBytes(bytes))
                .build());
    }

    Committed commit(Assigned assigned, long offset) throws InterruptedException {
        send(ConsumeRequest.newBuilder()
                .setCommit(ConsumeCommit.newBuilder()
                        .setTopic(assigned.getTopic())
                        .setPartition(assigned.getPartition())
                        .setGeneration(assigned.getGeneration())
                        .setOffset(offset)
                        .setMetadata("note"))
                .build());
        return next(ConsumeResponse::hasCommitted, ConsumeResponse::getCommitted);
    }

    void release(Revoked revoked) {
        send(ConsumeRequest.newBuilder()
                .setRelease(Release.newBuilder()
                        .setTopic(revoked.getTopic())
                        .setPartition(revoked.getPartition())
                        .setGeneration(revoked.getGeneration()))
                .build());
    }

    Assigned nextAssigned() throws InterruptedException {
        return next(ConsumeResponse::hasAssigned, ConsumeResponse::getAssigned);
    }

    Revoked nextRevoked() throws InterruptedException {
        return next(ConsumeResponse::hasRevoked, ConsumeResponse::getRevoked);
    }

    Batches nextBatches() throws InterruptedException {
        return next(ConsumeResponse::hasBatches, ConsumeResponse::getBatches);
    }

    /** The next response of a kind; those of other kinds before it are passed over. */
    <T> T next(Predicate<ConsumeResponse> kind, Function<ConsumeResponse, T> part) throws InterruptedException {
        while (true) {
            ConsumeResponse response = responses.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            assertThat(response).as("a response; the call's end: %s", end).isNotNull();
            if (kind.test(response)) {
                return part.apply(response);
            }
        }
    }

    /** Payloads of the next messages, so many of them. */
    List<String> nextPayloads(int count) throws InterruptedException, InvalidProtocolBufferException {
        List<String> payloads = new ArrayList<>();
        while (payloads.size() < count) {
            payloads.addAll(payloads(nextBatches()));
        }
        return payloads;
    }

    static List<String> payloads(Batches batches) throws InvalidProtocolBufferException {
        List<String> payloads = new ArrayList<>();
        for (RecordBatch batch : batches.getBatchesList()) {
            Records records = Records.parseFrom(batch.getRecords());
            for (int i = 0; i < records.getRecordsCount(); i++) {
                if (batch.getBaseOffset() + i >= batches.getFromOffset()) {
                    payloads.add(records.getRecords(i).getPayload().toStringUtf8());
                }
            }
        }
        return payloads;
    }

    List<ConsumeResponse> pending() {
        return List.copyOf(responses);
    }

    ClientCallStreamObserver<ConsumeRequest> call() {
        return call;
    }

    void complete() {
        call.onCompleted();
    }

    void cancel() {
        call.cancel("the consumer is gone", null);
    }

    void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
        end.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    StatusRuntimeException awaitFailure() throws InterruptedException, TimeoutException {
        try {
            awaitEnd();
            throw new AssertionError("the call ended well");
        } catch (ExecutionException e) {
            return (StatusRuntimeException) e.getCause();
        }
    }

    @Override
    public void onNext(ConsumeResponse response) {
        responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        end.complete(null);
    }
}
