package io.mq.grpc;

import io.grpc.MethodDescriptor.Marshaller;
import io.mq.batch.BatchParser;
import io.mq.batch.InvalidBatchException;
import io.mq.batch.ProtoInput;
import io.mq.batch.RecordBatch;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.Durability;
import io.mq.proto.PublishBatchRequest;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Read requests that carry batches. A batch's records go from the socket's buffers to the place where they stay until
 * they are on disk, with no protobuf object in between.
 *
 * <p>What cannot be read is answered as {@link Malformed} and not thrown: gRPC would tell the client nothing of it.
 */
final class PublishMarshallers {

    private PublishMarshallers() {}

    /** What a PublishStream call receives. */
    sealed interface StreamRequest {}

    record Init(PublishStreamInit init) implements StreamRequest {}

    record Frame(PublishedFrame frame) implements StreamRequest {}

    record Malformed(InvalidBatchException reason) implements StreamRequest, BatchRequest {

        /** What its sender is told. */
        BrokerException refusal() {
            return BrokerException.of(Reason.INVALID_BATCH, reason.getMessage(), Map.of("field", "request"));
        }
    }

    /** What a PublishBatch call receives. */
    sealed interface BatchRequest {}

    record Batch(PublishedFrame frame) implements BatchRequest {}

    /** Reads one part of a message. */
    private interface Parser<T> {
        T parse(ProtoInput in) throws IOException;
    }

    static Marshaller<StreamRequest> streamRequests() {
        return new RequestMarshaller<>(PublishMarshallers::streamRequest, Malformed::new);
    }

    static Marshaller<BatchRequest> batchRequests() {
        return new RequestMarshaller<>(in -> new Batch(batchRequest(in)), Malformed::new);
    }

    private interface Refusal<T> {
        T because(InvalidBatchException reason);
    }

    private record RequestMarshaller<T>(Parser<T> parser, Refusal<T> refusal) implements Marshaller<T> {

        @Override
        public InputStream stream(T request) {
            throw new UnsupportedOperationException("a server only reads requests");
        }

        @Override
        public T parse(InputStream stream) {
            try {
                return parser.parse(new ProtoInput(stream, stream.available()));
            } catch (InvalidBatchException e) {
                return refusal.because(e);
            } catch (IOException e) {
                return refusal.because(new InvalidBatchException("the request cannot be read: " + e.getMessage()));
            }
        }
    }

    private static StreamRequest streamRequest(ProtoInput in) throws IOException {
        StreamRequest request = null;
        while (in.hasRemaining()) {
            int tag = in.varint();
            if (tag == lengthDelimited(PublishStreamRequest.INIT_FIELD_NUMBER)) {
                request = new Init(PublishStreamInit.parseFrom(bytes(in)));
            } else if (tag == lengthDelimited(PublishStreamRequest.FRAME_FIELD_NUMBER)) {
                request = new Frame(frame(in.message()));
            } else {
                in.skip(tag);
            }
        }
        if (request == null) {
            throw new InvalidBatchException("a request of PublishStream must have init or frame, this one has neither");
        }
        return request;
    }

    private static PublishedFrame frame(ProtoInput in) throws IOException {
        long frameId = 0;
        OptionalInt partition = OptionalInt.empty();
        RecordBatch batch = null;
        Durability durability = Durability.DURABILITY_UNSPECIFIED;
        while (in.hasRemaining()) {
            int tag = in.varint();
            if (tag == varint(PublishFrame.FRAME_ID_FIELD_NUMBER)) {
                frameId = in.varint64();
            } else if (tag == varint(PublishFrame.PARTITION_FIELD_NUMBER)) {
                partition = OptionalInt.of(in.varint());
            } else if (tag == lengthDelimited(PublishFrame.BATCH_FIELD_NUMBER)) {
                batch = BatchParser.parse(in.message());
            } else if (tag == varint(PublishFrame.DURABILITY_FIELD_NUMBER)) {
                durability = durability(in);
            } else {
                in.skip(tag);
            }
        }
        return new PublishedFrame("", frameId, partition, batch, durability);
    }

    private static PublishedFrame batchRequest(ProtoInput in) throws IOException {
        String topic = "";
        OptionalInt partition = OptionalInt.empty();
        RecordBatch batch = null;
        Durability durability = Durability.DURABILITY_UNSPECIFIED;
        while (in.hasRemaining()) {
            int tag = in.varint();
            if (tag == lengthDelimited(PublishBatchRequest.TOPIC_FIELD_NUMBER)) {
                topic = new String(bytes(in), StandardCharsets.UTF_8);
            } else if (tag == varint(PublishBatchRequest.PARTITION_FIELD_NUMBER)) {
                partition = OptionalInt.of(in.varint());
            } else if (tag == lengthDelimited(PublishBatchRequest.BATCH_FIELD_NUMBER)) {
                batch = BatchParser.parse(in.message());
            } else if (tag == varint(PublishBatchRequest.DURABILITY_FIELD_NUMBER)) {
                durability = durability(in);
            } else {
                in.skip(tag);
            }
        }
        return new PublishedFrame(topic, 0, partition, batch, durability);
    }

    private static Durability durability(ProtoInput in) throws IOException {
        Durability durability = Durability.forNumber(in.varint());
        return durability == null ? Durability.UNRECOGNIZED : durability;
    }

    private static byte[] bytes(ProtoInput in) throws IOException {
        byte[] bytes = new byte[in.length()];
        in.read(bytes, 0, bytes.length);
        return bytes;
    }

    private static int lengthDelimited(int field) {
        return field << 3 | ProtoInput.LENGTH_DELIMITED;
    }

    private static int varint(int field) {
        return field << 3 | ProtoInput.VARINT;
    }
}
