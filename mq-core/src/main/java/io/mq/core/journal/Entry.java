package io.mq.core.journal;

import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import java.util.concurrent.CompletableFuture;

/**
 * A submitted command and whoever waits for it.
 *
 * @param size bytes of the command as {@link io.mq.core.command.CommandCodec} encodes it
 */
record Entry<R>(Command<R> command, int size, CompletableFuture<R> future) implements Work {

    boolean isAppend() {
        return command instanceof AppendCommand;
    }

    /** Applies the command and returns what completes the caller. */
    Runnable apply(StateMachine stateMachine, long index) {
        try {
            R result = stateMachine.apply(index, command);
            return () -> future.complete(result);
        } catch (BrokerException refused) {
            return () -> future.completeExceptionally(refused);
        }
    }

    @Override
    public void refuse(BrokerException answer) {
        future.completeExceptionally(answer);
    }
}
