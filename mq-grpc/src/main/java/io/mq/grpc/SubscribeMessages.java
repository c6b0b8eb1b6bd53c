package io.mq.grpc;

import io.mq.core.delivery.SubscribeRequest;
import java.util.OptionalInt;

/** Translates what a subscriber asks for. */
final class SubscribeMessages {

    private SubscribeMessages() {}

    static SubscribeRequest request(io.mq.proto.SubscribeRequest request, String client) {
        return new SubscribeRequest(
                request.getTopic(),
                request.getConsumerGroup(),
                request.getConsumerId(),
                client,
                request.hasPartition() ? OptionalInt.of(request.getPartition()) : OptionalInt.empty(),
                StartPositions.of("start", request.getStart()));
    }
}
