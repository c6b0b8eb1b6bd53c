package io.mq.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.batch.BatchParser;
import io.mq.batch.ProtoInput;
import io.mq.batch.RecordBatch;
import io.mq.client.FakeBroker.OpeningFate;
import io.mq.proto.Duplicate;
import io.mq.proto.Durability;
import io.mq.proto.Failed;
import io.mq.proto.FrameResult;
import io.mq.proto.PartitionSequence;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/** One PublishStream of a fake broker, which guards it. */
final class FakePublishStream implements StreamObserver<PublishStreamRequest> {

    private static final Failed IN_DOUBT =
            new FrameFate.Fail(4, MqException.OUTCOME_UNKNOWN, true, Duration.ofMillis(1)).toProto();

    private final FakeBroker broker;
    private final StreamObserver<PublishStreamResponse> answers;
    private String topic;
    private long producerId;
    private int epoch;
    private boolean ended;

    FakePublishStream(FakeBroker broker, StreamObserver<PublishStreamResponse> answers) {
        this.broker = broker;
        this.answers = answers;
        // Otherwise, to send something to a client that is just gone would be an error of the test.
        ((ServerCallStreamObserver<PublishStreamResponse>) answers).setOnCancelHandler(() -> {});
    }

    @Override
    public void onNext(PublishStreamRequest request) {
        synchronized (broker) {
            if (ended) {
                return;
            }
            if (request.hasInit()) {
                begin(request.getInit());
            } else {
                take(request.getFrame());
            }
        }
    }

    private void begin(PublishStreamInit init) {
        topic = init.getTopic();
        producerId = init.getProducerId();
        if (!broker.hasTopic(topic)) {
            end(FakeErrors.of(Status.NOT_FOUND, "TOPIC_NOT_FOUND"));
            return;
        }
        OpeningFate fate = broker.fateOfOpening();
        if (fate == OpeningFate.LATE) {
            broker.carryOutLater(this, init);
            end(FakeErrors.of(Status.UNAVAILABLE, "SHUTTING_DOWN"));
            return;
        }
        try {
            epoch = broker.publishStreamOpened(this, init);
        } catch (StatusRuntimeException e) {
            end(e);
            return;
        }
        if (fate == OpeningFate.LOST) {
            end(FakeErrors.of(Status.UNAVAILABLE, "SHUTTING_DOWN"));
            return;
        }
        PublishStreamReady.Builder ready = PublishStreamReady.newBuilder()
                .setProducerEpoch(epoch)
                .setPartitions(broker.partitions(topic))
                .setBatchBytesMax(broker.batchBytesMax)
                .setWindowBytes(broker.windowBytes)
                .addAllShards(broker.partitionShards);
        for (int partition = 0; partition < broker.partitions(topic); partition++) {
            FakeLog.ProducerState state = broker.log(topic, partition).producers.get(producerId);
            if (state != null) {
                ready.addNextSequences(
                        PartitionSequence.newBuilder().setPartition(partition).setNextSequence(state.nextSequence));
            }
        }
        answers.onNext(PublishStreamResponse.newBuilder().setReady(ready).build());
    }

    private void take(io.mq.proto.PublishFrame frame) {
        FrameFate fate = broker.fateOf(frame);
        if (fate instanceof FrameFate.Break) {
            end(FakeErrors.of(Status.UNAVAILABLE, "SHUTTING_DOWN"));
        } else if (fate instanceof FrameFate.StoreAndBreak) {
            store(frame);
            end(FakeErrors.of(Status.UNAVAILABLE, "SHUTTING_DOWN"));
        } else if (fate instanceof FrameFate.StoreAndKeepSilent) {
            store(frame);
        } else if (fate instanceof FrameFate.Doubt doubt) {
            if (doubt.isStored()) {
                store(frame);
            }
            answer(frame, FrameResult.newBuilder().setFailed(IN_DOUBT));
        } else if (fate instanceof FrameFate.Fail fail) {
            answer(frame, FrameResult.newBuilder().setFailed(fail.toProto()));
        } else if (fate instanceof FrameFate.Store) {
            answer(frame, store(frame));
        }
    }

    private FrameResult.Builder store(io.mq.proto.PublishFrame frame) {
        RecordBatch batch = parse(frame);
        batch.requireSound(broker.batchBytesMax, broker.batchBytesMax);
        FakeLog log = broker.log(topic, frame.getPartition());
        if (batch.producerId() != producerId || batch.producerEpoch() != epoch) {
            return failed(3, "INVALID_BATCH", "producer %d epoch %d".formatted(batch.producerId(), epoch));
        }
        Optional<Long> before = log.duplicateOf(batch);
        if (before.isPresent()) {
            return FrameResult.newBuilder().setDuplicate(Duplicate.newBuilder().setBaseOffset(before.get()));
        }
        if (!log.isNext(batch)) {
            return failed(10, Reasons.SEQUENCE_GAP, "sequence " + batch.baseSequence());
        }
        long offset = log.append(batch);
        broker.appended();
        return FrameResult.newBuilder()
                .setWritten(Written.newBuilder()
                        .setBaseOffset(offset)
                        .setDurability(Durability.FSYNCED)
                        .setAppendTime(batch.appendTimeMillis()));
    }

    private static FrameResult.Builder failed(int code, String reason, String message) {
        return FrameResult.newBuilder()
                .setFailed(Failed.newBuilder().setCode(code).setReason(reason).setMessage(message));
    }

    static RecordBatch parse(io.mq.proto.PublishFrame frame) {
        try {
            return BatchParser.parse(new ProtoInput(
                    frame.getBatch().toByteString().newInput(), frame.getBatch().getSerializedSize()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(io.mq.proto.PublishFrame frame, FrameResult.Builder result) {
        PublishStreamResponse response = PublishStreamResponse.newBuilder()
                .setResult(result.setFrameId(frame.getFrameId()).setPartition(frame.getPartition()))
                .build();
        broker.answer(() -> {
            if (!ended) {
                answers.onNext(response);
            }
        });
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
        synchronized (broker) {
            ended = true;
        }
    }

    @Override
    public void onCompleted() {
        synchronized (broker) {
            if (!ended) {
                ended = true;
                answers.onCompleted();
            }
        }
    }
}
