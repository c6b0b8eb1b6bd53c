package io.mq.client;

import java.util.concurrent.CompletableFuture;

/**
 * What comes of the first stream of a producer or consumer, for whoever waits for it: it opens within the deadline, or why
 * it does not.
 *
 * <p>Confined to the loop, but for {@link #outcome}.
 */
final class FirstStream {

    private final CompletableFuture<Void> outcome = new CompletableFuture<>();
    private ClientLoop.Timer timeout = () -> {};
    private MqException lastFailure;

    /** Fails with an {@link MqException}. */
    CompletableFuture<Void> outcome() {
        return outcome;
    }

    void begin(Connection connection) {
        timeout = connection
                .loop()
                .after(
                        connection.deadline(),
                        () -> outcome.completeExceptionally(Errors.noServer(connection.deadline(), lastFailure)));
    }

    void opened() {
        timeout.cancel();
        outcome.complete(null);
    }

    /** An attempt failed, and another is to follow. */
    void failedForNow(MqException why) {
        lastFailure = why;
    }

    void failedForGood(MqException why) {
        timeout.cancel();
        outcome.completeExceptionally(why);
    }
}
