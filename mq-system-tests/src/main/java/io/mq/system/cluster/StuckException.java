package io.mq.system.cluster;

/** A cluster did not come back although nothing is broken any more; the message has what each node says. */
public final class StuckException extends Exception {

    private static final long serialVersionUID = 1;

    public StuckException(String message) {
        super(message);
    }
}
