package io.mq.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
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
import java.util.function.Function;
import java.util.function.Predicate;

/** A consumer's Consume call, written from the contract alone. */
final class Consumption extends Conversation<ConsumeRequest, ConsumeResponse> {

    private Consumption(boolean reads) {
        super(reads);
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

    ConsumeReady init(ConsumeInit init) throws InterruptedException {
        send(ConsumeRequest.newBuilder().setInit(init).build());
        return next(ConsumeResponse::hasReady, ConsumeResponse::getReady);
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
            ConsumeResponse response = next();
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
}
