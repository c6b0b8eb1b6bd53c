package io.mq.client;

import java.util.Optional;

/** What a stored message survives, in ascending order of strength. */
public enum Durability {
    /** The end of the server's process, by whatever signal. */
    WRITTEN(io.mq.proto.Durability.WRITTEN),
    /** The loss of power. */
    FSYNCED(io.mq.proto.Durability.FSYNCED),
    /** The loss of a minority of the cluster's nodes with their disks. */
    REPLICATED(io.mq.proto.Durability.REPLICATED);

    private final io.mq.proto.Durability proto;

    Durability(io.mq.proto.Durability proto) {
        this.proto = proto;
    }

    int number() {
        return proto.getNumber();
    }

    static Optional<Durability> of(io.mq.proto.Durability proto) {
        return switch (proto) {
            case WRITTEN -> Optional.of(WRITTEN);
            case FSYNCED -> Optional.of(FSYNCED);
            case REPLICATED -> Optional.of(REPLICATED);
            // A stronger one that this client does not know is at least as strong as the strongest that it knows.
            case UNRECOGNIZED -> Optional.of(REPLICATED);
            case DURABILITY_UNSPECIFIED -> Optional.empty();
        };
    }
}
