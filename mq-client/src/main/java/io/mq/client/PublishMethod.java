package io.mq.client;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishStreamResponse;
import java.io.InputStream;

/** {@code PublishStream} as this client calls it: batches go out as the bytes that they are. */
final class PublishMethod {

    static final MethodDescriptor<PublishFrame, PublishStreamResponse> DESCRIPTOR =
            MessageQueueServiceGrpc.getPublishStreamMethod().toBuilder(
                            new FrameMarshaller(),
                            MessageQueueServiceGrpc.getPublishStreamMethod().getResponseMarshaller())
                    .build();

    private PublishMethod() {}

    private static final class FrameMarshaller implements Marshaller<PublishFrame> {

        @Override
        public InputStream stream(PublishFrame frame) {
            return frame.init() == null
                    ? new FrameStream(frame)
                    : MessageQueueServiceGrpc.getPublishStreamMethod().streamRequest(frame.init());
        }

        @Override
        public PublishFrame parse(InputStream stream) {
            throw new UnsupportedOperationException("a client does not receive frames");
        }
    }
}
