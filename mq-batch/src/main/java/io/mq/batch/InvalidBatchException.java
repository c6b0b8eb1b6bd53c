package io.mq.batch;

/** Bytes that are not what they claim to be. The text says what was expected and what was found. */
public final class InvalidBatchException extends RuntimeException {

    public InvalidBatchException(String message) {
        super(message);
    }
}
