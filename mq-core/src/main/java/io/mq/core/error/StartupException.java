package io.mq.core.error;

/** The node cannot start. The message is one sentence for the operator, with the next step. */
public final class StartupException extends RuntimeException {

    private final StartupFailure failure;

    public StartupException(StartupFailure failure, String message) {
        super(message);
        this.failure = failure;
    }

    public StartupException(StartupFailure failure, String message, Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public StartupFailure failure() {
        return failure;
    }
}
