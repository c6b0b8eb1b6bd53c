package io.mq.grpc;

import io.mq.core.delivery.StartPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;

/** Translates places in a partition. */
final class StartPositions {

    private StartPositions() {}

    /**
     * The beginning where nothing is said.
     *
     * @throws BrokerException {@link Reason#INVALID_FIELD}
     */
    static StartPosition of(String field, io.mq.proto.StartPosition position) {
        return switch (position.getPositionCase()) {
            case EARLIEST, POSITION_NOT_SET -> StartPosition.EARLIEST;
            case LATEST -> StartPosition.LATEST;
            case OFFSET -> new StartPosition.AtOffset(position.getOffset());
            case TIME -> new StartPosition.AtTime(Times.instant(field + ".time", position.getTime()));
        };
    }
}
