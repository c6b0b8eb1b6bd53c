package io.mq.client;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.mq.proto.FrameResult;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.Written;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Answers frames without looking at them, so that a producer can be measured and nothing else. */
final class SinkService implements AutoCloseable {

    private final Server server;

    private SinkService(Server server) {
        this.server = server;
    }

    static SinkService start() throws IOException {
        MethodDescriptor<Long, PublishStreamResponse> method =
                MessageQueueServiceGrpc.getPublishStreamMethod().toBuilder(
                                new FrameIds(),
                                MessageQueueServiceGrpc.getPublishStreamMethod().getResponseMarshaller())
                        .build();
        ServerServiceDefinition service = ServerServiceDefinition.builder(MessageQueueServiceGrpc.SERVICE_NAME)
                .addMethod(method, ServerCalls.asyncBidiStreamingCall(Frames::new))
                .build();
        return new SinkService(NettyServerBuilder.forPort(0)
                .addService(service)
                .directExecutor()
                .build()
                .start());
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** The frame's id, or -1 for the stream's first message. */
    private static final class FrameIds implements Marshaller<Long> {

        @Override
        public InputStream stream(Long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Long parse(InputStream stream) {
            try {
                boolean isFrame = stream.read() == 0x12;
                int lengthByte = stream.read();
                while (lengthByte >= 0x80) {
                    lengthByte = stream.read();
                }
                long id = -1;
                if (isFrame && stream.read() == 0x08) {
                    id = 0;
                    int shift = 0;
                    int b;
                    do {
                        b = stream.read();
                        id |= (long) (b & 0x7F) << shift;
                        shift += 7;
                    } while (b >= 0x80);
                }
                stream.skipNBytes(stream.available());
                return id;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Frames(StreamObserver<PublishStreamResponse> answers) implements StreamObserver<Long> {

        @Override
        public void onNext(Long frameId) {
            answers.onNext(
                    frameId < 0
                            ? PublishStreamResponse.newBuilder()
                                    .setReady(PublishStreamReady.newBuilder()
                                            .setPartitions(1)
                                            .setProducerEpoch(1)
                                            .setBatchBytesMax(1 << 20)
                                            .setWindowBytes(8 << 20))
                                    .build()
                            : PublishStreamResponse.newBuilder()
                                    .setResult(FrameResult.newBuilder()
                                            .setFrameId(frameId)
                                            .setWritten(Written.newBuilder().setBaseOffset(0)))
                                    .build());
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }
}
