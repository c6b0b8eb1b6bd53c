package io.mq.core.error;

import java.util.concurrent.CompletionException;

/** What futures fail with. */
public final class Failures {

    private Failures() {}

    /** What has failed, without what a future that depends on another one wraps it in; null for null. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
