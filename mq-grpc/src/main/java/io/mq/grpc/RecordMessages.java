package io.mq.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.grpc.Status;
import io.mq.batch.Record;
import io.mq.batch.Record.Header;
import io.mq.core.broker.Durability;
import io.mq.core.broker.Fetched;
import io.mq.core.broker.PublishRequest;
import io.mq.core.broker.Published;
import io.mq.core.delivery.Delivery;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.MessageId;
import io.mq.proto.Message;
import io.mq.proto.PublishResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Translates messages on their way in and out. */
final class RecordMessages {

    private RecordMessages() {}

    static PublishRequest request(io.mq.proto.PublishRequest request) {
        return new PublishRequest(
                request.getTopic(),
                request.hasPartition() ? OptionalInt.of(request.getPartition()) : OptionalInt.empty(),
                record(request),
                request.getDlq(),
                durability(request.getDurability()));
    }

    private static Record record(io.mq.proto.PublishRequest request) {
        List<Header> headers = new ArrayList<>(request.getHeadersCount());
        request.getHeadersMap().forEach((name, value) -> headers.add(new Header(name, value)));
        return new Record(
                request.hasKey() ? Optional.of(request.getKey().asReadOnlyByteBuffer()) : Optional.empty(),
                request.getPayload().asReadOnlyByteBuffer(),
                headers);
    }

    static Optional<Durability> durability(io.mq.proto.Durability durability) {
        return switch (durability) {
            case DURABILITY_UNSPECIFIED -> Optional.empty();
            case WRITTEN -> Optional.of(Durability.WRITTEN);
            case FSYNCED -> Optional.of(Durability.FSYNCED);
            case REPLICATED -> Optional.of(Durability.REPLICATED);
            case UNRECOGNIZED ->
                throw BrokerException.of(
                        Reason.INVALID_FIELD,
                        "durability must be WRITTEN, FSYNCED, REPLICATED or unset",
                        Map.of("field", "durability"));
        };
    }

    static PublishResponse toProto(Published published) {
        return PublishResponse.newBuilder()
                .setMessageId(published.messageId())
                .setPartition(published.partition().partition())
                .setOffset(published.offset())
                .setTimestamp(Times.toProto(published.appendTime()))
                .setDurability(toProto(published.durability()))
                .build();
    }

    static io.mq.proto.Durability toProto(Durability durability) {
        return switch (durability) {
            case WRITTEN -> io.mq.proto.Durability.WRITTEN;
            case FSYNCED -> io.mq.proto.Durability.FSYNCED;
            case REPLICATED -> io.mq.proto.Durability.REPLICATED;
        };
    }

    static Message toProto(Fetched fetched, Fetched.Message message) {
        Message.Builder answer = Message.newBuilder()
                .setTopic(fetched.topic().name())
                .setPartition(fetched.partition().partition())
                .setOffset(message.offset())
                .setMessageId(fetched.messageId(message))
                .setTimestamp(Times.toProto(message.appendTime()))
                .setPayload(ByteString.copyFrom(message.record().payload()));
        message.record().key().ifPresent(key -> answer.setKey(ByteString.copyFrom(key)));
        message.record().headers().forEach(header -> answer.putHeaders(header.name(), header.value()));
        return answer.build();
    }

    /** The stored bytes are the answer's own fields 2, 3 and 6; what is not stored with them is put beside them. */
    static Message toProto(Delivery delivery) {
        try {
            return Message.newBuilder()
                    .mergeFrom(CodedInputStream.newInstance(delivery.record()))
                    .setTopic(delivery.topic().name())
                    .setPartition(delivery.partition())
                    .setOffset(delivery.offset())
                    .setMessageId(MessageId.of(delivery.topic().partition(delivery.partition()), delivery.offset()))
                    .setTimestamp(Times.toProto(delivery.appendTimeMillis()))
                    .setDeliveryAttempt(delivery.attempt())
                    .build();
        } catch (IOException e) {
            throw Status.DATA_LOSS
                    .withDescription("a stored record is no mq.Record: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
