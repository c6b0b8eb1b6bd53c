package io.mq.core.error;

/** Why a node does not start. Each has an exit status of its own, so that a supervisor can tell them apart. */
public enum StartupFailure {
    INTERNAL(1),
    BAD_CONFIGURATION(2),
    DATA_DIRECTORY_IN_USE(3),
    DATA_DIRECTORY_UNUSABLE(4),
    NEWER_DATA_FORMAT(5),
    CORRUPT_DATA(6),
    ADDRESS_UNAVAILABLE(7),
    DISK_FULL(8);

    private final int exitStatus;

    StartupFailure(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    public int exitStatus() {
        return exitStatus;
    }
}
