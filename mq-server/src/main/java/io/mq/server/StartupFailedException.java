package io.mq.server;

/** The node does not start; the message is for the operator. */
final class StartupFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The status for what has none of its own. */
    static final int INTERNAL = 1;

    private final int exitStatus;

    StartupFailedException(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    int exitStatus() {
        return exitStatus;
    }
}
