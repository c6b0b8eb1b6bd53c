package io.mq.client;

import com.google.protobuf.CodedInputStream;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.mq.batch.InvalidBatchException;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** {@code Consume} as this client calls it: batches come in as the bytes that they are. */
final class ConsumeMethod {

    static final MethodDescriptor<ConsumeRequest, Event> DESCRIPTOR =
            MessageQueueServiceGrpc.getConsumeMethod().toBuilder(
                            MessageQueueServiceGrpc.getConsumeMethod().getRequestMarshaller(), new EventMarshaller())
                    .build();

    private ConsumeMethod() {}

    /**
     * What the server sends.
     *
     * @param response all but batches, or null
     * @param batches or null
     */
    record Event(ConsumeResponse response, ReceivedBatches batches) {}

    private static final class EventMarshaller implements Marshaller<Event> {

        /** The tag of {@code batches}, which is never together with another field. */
        private static final int BATCHES = 2 << 3 | 2;

        @Override
        public InputStream stream(Event event) {
            throw new UnsupportedOperationException("a client does not send events");
        }

        /** In one piece where the length is known, as that of gRPC's own streams is. */
        private static byte[] read(InputStream stream) throws IOException {
            if (!(stream instanceof KnownLength)) {
                return stream.readAllBytes();
            }
            byte[] bytes = new byte[stream.available()];
            if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new EOFException("the message ends early");
            }
            return bytes;
        }

        @Override
        public Event parse(InputStream stream) {
            try {
                byte[] bytes = read(stream);
                if (bytes.length == 0 || bytes[0] != BATCHES) {
                    return new Event(ConsumeResponse.parseFrom(bytes), null);
                }
                CodedInputStream in = CodedInputStream.newInstance(bytes, 1, bytes.length - 1);
                int length = in.readUInt32();
                int from = 1 + in.getTotalBytesRead();
                if (length != bytes.length - from) {
                    throw new IOException("batches of %d bytes in a message of %d".formatted(length, bytes.length));
                }
                return new Event(null, ReceivedBatches.parse(bytes, from, length));
            } catch (IOException | InvalidBatchException e) {
                throw Status.INTERNAL
                        .withDescription("the server sent what is no ConsumeResponse: " + e.getMessage())
                        .withCause(e)
                        .asRuntimeException();
            }
        }
    }
}
