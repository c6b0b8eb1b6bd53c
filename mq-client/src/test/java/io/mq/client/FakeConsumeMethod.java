package io.mq.client;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** {@code Consume} with answers that are bytes, as a broker makes them. */
final class FakeConsumeMethod {

    private static final MethodDescriptor<ConsumeRequest, byte[]> DESCRIPTOR =
            MessageQueueServiceGrpc.getConsumeMethod().toBuilder(
                            MessageQueueServiceGrpc.getConsumeMethod().getRequestMarshaller(), new Bytes())
                    .build();

    private FakeConsumeMethod() {}

    /** The broker's service, with this in the place of the generated method. */
    static ServerServiceDefinition inPlaceOfGenerated(FakeBroker broker, FakeGroups groups) {
        ServerServiceDefinition generated = broker.bindService();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(MessageQueueServiceGrpc.SERVICE_NAME);
        for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
            if (!method.getMethodDescriptor().getFullMethodName().equals(DESCRIPTOR.getFullMethodName())) {
                service.addMethod(method);
            }
        }
        return service.addMethod(
                        DESCRIPTOR,
                        ServerCalls.asyncBidiStreamingCall(answers -> new FakeConsumeStream(groups, answers)))
                .build();
    }

    private static final class Bytes implements Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("a broker does not receive answers");
        }
    }
}
