package io.mq.client;

import io.mq.proto.StartPosition;
import java.time.Instant;

/** A place in a partition from which to read. Immutable. */
public final class StartFrom {

    private final StartPosition position;

    private StartFrom(StartPosition position) {
        this.position = position;
    }

    /** With the oldest message that is kept. */
    public static StartFrom earliest() {
        return new StartFrom(StartPosition.newBuilder().setEarliest(true).build());
    }

    /** With the next message that arrives. */
    public static StartFrom latest() {
        return new StartFrom(StartPosition.newBuilder().setLatest(true).build());
    }

    /** With this offset; where a consumer starts, the nearest that is kept will do. */
    public static StartFrom offset(long offset) {
        return new StartFrom(StartPosition.newBuilder().setOffset(offset).build());
    }

    /** With the first message that the broker took at this time or later. */
    public static StartFrom time(Instant time) {
        return new StartFrom(
                StartPosition.newBuilder().setTime(Times.toProto(time)).build());
    }

    StartPosition toProto() {
        return position;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StartFrom that && position.equals(that.position);
    }

    @Override
    public int hashCode() {
        return position.hashCode();
    }

    @Override
    public String toString() {
        return switch (position.getPositionCase()) {
            case EARLIEST -> "earliest";
            case LATEST -> "latest";
            case OFFSET -> "offset " + position.getOffset();
            case TIME -> "time " + Times.of(position.getTime());
            case POSITION_NOT_SET -> "unset";
        };
    }
}
