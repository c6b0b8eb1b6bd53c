package io.mq.grpc;

import io.mq.core.delivery.StartPosition;
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
                start(request.getStart()));
    }

    private static StartPosition start(io.mq.proto.StartPosition start) {
        return switch (start.getPositionCase()) {
            case EARLIEST, POSITION_NOT_SET -> StartPosition.EARLIEST;
            case LATEST -> StartPosition.LATEST;
            case OFFSET -> new StartPosition.AtOffset(start.getOffset());
            case TIME -> new StartPosition.AtTime(Times.instant("start.time", start.getTime()));
        };
    }
}
