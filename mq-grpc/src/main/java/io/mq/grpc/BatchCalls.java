package io.mq.grpc;

import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.mq.core.broker.BatchPublisher;
import io.mq.core.broker.Broker;
import io.mq.core.error.BrokerException;
import io.mq.grpc.PublishMarshallers.Batch;
import io.mq.grpc.PublishMarshallers.BatchRequest;
import io.mq.grpc.PublishMarshallers.Malformed;
import io.mq.grpc.PublishMarshallers.StreamRequest;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.FetchRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishBatchResponse;
import io.mq.proto.PublishStreamResponse;

/** The calls that carry whole batches. Their messages are read and written raw. */
final class BatchCalls {

    private final Broker broker;
    private final BatchPublisher publisher;
    private final Answers answers;
    private final EventLoops loops;
    private final InFlightBytes inFlight;
    private final FrameShares shares = new FrameShares();
    private final ConsumeConfig consumeConfig;
    private final SendBudget sendBudget = new SendBudget(ConsumeConfig.SEND_BYTES);
    private final OpenStreams<PublishStream> streams = new OpenStreams<>();

    BatchCalls(Broker broker, Answers answers, EventLoops loops, long inFlightBytesMax, ConsumeConfig consumeConfig) {
        this.broker = broker;
        this.publisher = broker.batchPublisher();
        this.answers = answers;
        this.loops = loops;
        this.inFlight = new InFlightBytes(inFlightBytesMax);
        this.consumeConfig = consumeConfig;
    }

    /** The service, with these calls in the place of its own. */
    ServerServiceDefinition in(ServerServiceDefinition service) {
        return new RawMethods(service)
                .replace(
                        MessageQueueServiceGrpc.getPublishStreamMethod(),
                        PublishMarshallers.streamRequests(),
                        ProtoUtils.marshaller(PublishStreamResponse.getDefaultInstance()),
                        ServerCalls.asyncBidiStreamingCall(this::publishStream))
                .replace(
                        MessageQueueServiceGrpc.getPublishBatchMethod(),
                        PublishMarshallers.batchRequests(),
                        ProtoUtils.marshaller(PublishBatchResponse.getDefaultInstance()),
                        ServerCalls.asyncUnaryCall(this::publishBatch))
                .replace(
                        MessageQueueServiceGrpc.getConsumeMethod(),
                        ProtoUtils.marshaller(ConsumeRequest.getDefaultInstance()),
                        RawAnswer.marshaller(),
                        ServerCalls.asyncBidiStreamingCall(this::consume))
                .replace(
                        MessageQueueServiceGrpc.getFetchMethod(),
                        ProtoUtils.marshaller(FetchRequest.getDefaultInstance()),
                        RawAnswer.marshaller(),
                        ServerCalls.asyncUnaryCall(this::fetch))
                .build();
    }

    private StreamObserver<ConsumeRequest> consume(StreamObserver<RawAnswer> caller) {
        ConsumeStream opened = new ConsumeStream(
                broker,
                (ServerCallStreamObserver<RawAnswer>) caller,
                consumeConfig,
                sendBudget,
                ClientAddress.ofCurrentCall(),
                loops.ifCurrent());
        opened.begin();
        return opened;
    }

    private void fetch(FetchRequest request, StreamObserver<RawAnswer> caller) {
        FrameSize size = new FrameSize(sendBudget);
        ServerCallStreamObserver<RawAnswer> call = (ServerCallStreamObserver<RawAnswer>) caller;
        call.setOnCloseHandler(size::end);
        call.setOnCancelHandler(size::end);
        answers.send(caller, () -> {
            FetchMessages.requireValid(request);
            return broker.reader()
                    .fetchBatches(
                            request.getTopic(),
                            request.getPartition(),
                            request.getOffset(),
                            size.upTo(FetchMessages.bytesMax(request)),
                            FetchMessages.wait(request))
                    .thenApply(FetchMessages::toProto);
        });
    }

    private StreamObserver<StreamRequest> publishStream(StreamObserver<PublishStreamResponse> caller) {
        PublishStream opened = streams.open(onEnded -> new PublishStream(
                publisher,
                (ServerCallStreamObserver<PublishStreamResponse>) caller,
                loops.current(),
                inFlight,
                shares,
                onEnded));
        // It may have stopped before the stream was there to be told.
        endAllUnlessLeading();
        return opened;
    }

    private void publishBatch(BatchRequest request, StreamObserver<PublishBatchResponse> caller) {
        answers.send(caller, () -> {
            if (request instanceof Malformed malformed) {
                throw malformed.refusal();
            }
            PublishedFrame frame = ((Batch) request).frame();
            return publisher
                    .publish(
                            frame.topic(),
                            frame.partition(),
                            PublishStreamMessages.batch(frame, true),
                            RecordMessages.durability(frame.durability()))
                    .thenApply(PublishStreamMessages::toProto);
        });
    }

    /** Where this node takes no messages, ends all streams, for their clients to turn to the one that does. */
    void endAllUnlessLeading() {
        if (!broker.leadership().isLeading() && !broker.takesMessagesAnywhere()) {
            streams.endAll(BrokerException.notLeading("this node does not lead, or no longer; call again"));
        }
    }

    /** Ends all streams: the server stops. */
    void endAll() {
        streams.endAll("publish elsewhere or after its restart");
    }
}
