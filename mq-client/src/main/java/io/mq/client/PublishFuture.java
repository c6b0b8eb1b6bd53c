package io.mq.client;

import java.util.concurrent.CompletableFuture;

/** A future that is its own callback: one object for a message. */
final class PublishFuture extends CompletableFuture<Published> implements SendCallback {

    @Override
    public void completed(Published published, MqException failure) {
        if (failure == null) {
            complete(published);
        } else {
            completeExceptionally(failure);
        }
    }
}
