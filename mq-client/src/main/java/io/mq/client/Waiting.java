package io.mq.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a future as a blocking call does. */
final class Waiting {

    private Waiting() {}

    /** @throws MqException as the future failed, or after a timeout, or where the thread is interrupted */
    static <T> T on(CompletableFuture<T> future, Duration atMost, String what) {
        try {
            return future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            MqException cause = Errors.of(e.getCause());
            cause.addSuppressed(new IllegalStateException("waited for here"));
            throw cause;
        } catch (TimeoutException e) {
            throw Errors.of(Status.DEADLINE_EXCEEDED
                    .withDescription("%s: nothing within %s".formatted(what, atMost))
                    .withCause(e)
                    .asRuntimeException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.of(Status.CANCELLED
                    .withDescription(what + ": interrupted")
                    .withCause(e)
                    .asRuntimeException());
        }
    }
}
