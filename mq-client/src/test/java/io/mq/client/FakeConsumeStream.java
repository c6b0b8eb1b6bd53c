package io.mq.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.batch.RecordBatch;
import io.mq.proto.Assigned;
import io.mq.proto.Batches;
import io.mq.proto.Committed;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeReady;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Credit;
import io.mq.proto.Failed;
import io.mq.proto.Heartbeat;
import io.mq.proto.Revoked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** One Consume of a fake broker, guarded by it. */
final class FakeConsumeStream implements StreamObserver<ConsumeRequest> {

    /** Where a partition is that is being sent. */
    static final class Reading {
        final long generation;
        long offset;
        boolean revoked;

        Reading(long generation, long offset) {
            this.generation = generation;
            this.offset = offset;
        }
    }

    final Map<TopicPartition, Reading> readings = new LinkedHashMap<>();
    ConsumeInit init;
    String consumerId = "";
    long creditMessages;
    long creditBytes;
    boolean ended;

    private final FakeGroups groups;
    private final StreamObserver<byte[]> answers;

    FakeConsumeStream(FakeGroups groups, StreamObserver<byte[]> answers) {
        this.groups = groups;
        this.answers = answers;
        // Otherwise, to send something to a client that is just gone would be an error of the test.
        ((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> {});
    }

    @Override
    public void onNext(ConsumeRequest request) {
        synchronized (groups.broker()) {
            if (ended) {
                return;
            }
            switch (request.getRequestCase()) {
                case INIT -> {
                    init = request.getInit();
                    groups.join(this);
                }
                case CREDIT -> credit(request.getCredit());
                case COMMIT -> groups.commit(this, request.getCommit());
                case RELEASE ->
                    groups.release(
                            this,
                            new TopicPartition(
                                    request.getRelease().getTopic(),
                                    request.getRelease().getPartition()));
                case REQUEST_NOT_SET -> throw new IllegalArgumentException("empty request");
            }
        }
    }

    private void credit(Credit credit) {
        creditMessages += credit.getMessages();
        creditBytes += credit.getBytes();
        groups.creditGiven(credit);
        deliver();
    }

    boolean isGroup() {
        return !init.getConsumerGroup().isEmpty();
    }

    void ready(String id) {
        consumerId = id;
        send(ConsumeResponse.newBuilder()
                .setReady(ConsumeReady.newBuilder()
                        .setConsumerId(id)
                        .setHeartbeatInterval(Times.toProto(groups.heartbeatInterval))));
    }

    void assign(TopicPartition partition, long generation, long offset) {
        readings.put(partition, new Reading(generation, offset));
        send(ConsumeResponse.newBuilder()
                .setAssigned(Assigned.newBuilder()
                        .setTopic(partition.topic())
                        .setPartition(partition.partition())
                        .setGeneration(generation)
                        .setOffset(offset)));
        deliver();
    }

    void revoke(TopicPartition partition) {
        Reading reading = readings.get(partition);
        reading.revoked = true;
        send(ConsumeResponse.newBuilder()
                .setRevoked(Revoked.newBuilder()
                        .setTopic(partition.topic())
                        .setPartition(partition.partition())
                        .setGeneration(reading.generation)));
    }

    void committed(ConsumeCommit commit, long committed) {
        send(ConsumeResponse.newBuilder().setCommitted(answer(commit).setCommittedOffset(committed)));
    }

    void refused(ConsumeCommit commit, String reason) {
        send(ConsumeResponse.newBuilder()
                .setCommitted(
                        answer(commit).setFailed(Failed.newBuilder().setCode(10).setReason(reason))));
    }

    private static Committed.Builder answer(ConsumeCommit commit) {
        return Committed.newBuilder()
                .setTopic(commit.getTopic())
                .setPartition(commit.getPartition())
                .setGeneration(commit.getGeneration())
                .setOffset(commit.getOffset());
    }

    void heartbeat() {
        send(ConsumeResponse.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
    }

    /** Sends what there is, one batch to a frame, within the credit. */
    void deliver() {
        readings.forEach((partition, reading) -> {
            for (RecordBatch batch : groups.broker().log(partition.topic(), partition.partition()).batches) {
                if (ended || reading.revoked || creditMessages <= 0 || creditBytes <= 0) {
                    return;
                }
                if (batch.nextOffset() > reading.offset) {
                    creditMessages -= batch.count();
                    creditBytes -= batch.sizeInBytes();
                    sendBatch(partition, reading, batch);
                    reading.offset = batch.nextOffset();
                }
            }
        });
    }

    private void sendBatch(TopicPartition partition, Reading reading, RecordBatch batch) {
        if (groups.silent) {
            return;
        }
        byte[] stored = new byte[batch.sizeInBytes()];
        batch.bytes().get(stored);
        groups.damage(stored);
        ByteString rest = Batches.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setGeneration(reading.generation)
                .setFromOffset(reading.offset)
                .build()
                .toByteString();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeUInt32NoTag(0x12);
            out.writeUInt32NoTag(stored.length + rest.size());
            out.writeRawBytes(stored);
            out.writeRawBytes(rest);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers.onNext(bytes.toByteArray());
    }

    private void send(ConsumeResponse.Builder response) {
        if (!ended && !groups.silent) {
            answers.onNext(response.build().toByteArray());
        }
    }

    /** Ends the call, if it has not ended. */
    void end(RuntimeException why) {
        if (!ended) {
            ended = true;
            answers.onError(why);
        }
    }

    @Override
    public void onError(Throwable failure) {
        synchronized (groups.broker()) {
            ended = true;
            groups.leave(this);
        }
    }

    @Override
    public void onCompleted() {
        synchronized (groups.broker()) {
            if (!ended) {
                ended = true;
                answers.onCompleted();
            }
            groups.leave(this);
        }
    }
}
