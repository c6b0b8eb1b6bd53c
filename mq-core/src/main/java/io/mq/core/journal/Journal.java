package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Makes commands durable in one order and applies them, in that order, to the state machine it was opened with.
 *
 * <h2>Durability</h2>
 * A future completes only after its command is durable and applied. Commands whose future never completed may or may
 * not be there after a restart.
 *
 * <h2>Threads</h2>
 * Every method may be called by any thread and none but {@link #drain} and {@link #close} waits for the disk. Futures
 * complete on the journal's own thread: whoever chains work onto them must not block there.
 *
 * <h2>Failure</h2>
 * A refusal by the state machine completes the future exceptionally and changes nothing. After a failed write or force
 * the journal is poisoned: what was being written completes with {@code OUTCOME_UNKNOWN}, everything else with
 * {@code JOURNAL_FAILED}, until the process is restarted and the files are verified.
 */
public interface Journal extends Closeable {

    <R> CompletableFuture<R> submit(Command<R> command);

    /**
     * Looks at the state after all commands that were submitted before, while none is being applied.
     *
     * @param view called with the position of the last applied command, on a thread of the journal; must be short
     */
    <T> CompletableFuture<T> observe(Function<LogPosition, T> view);

    /** Says that a checkpoint holds everything up to this position, so that a replay will not ask for it again. */
    void release(LogPosition through);

    /**
     * Bytes of all commands since the journal was opened, wherever they were written; what came after a checkpoint is
     * what a restart has to replay.
     */
    long bytesWritten();

    /** Stops the journal as a failed force of its own would; for a failure elsewhere that puts stored data in doubt. */
    void poison(IOException cause);

    boolean isHealthy();

    /**
     * Refuses new commands and waits until those submitted are finished. Views go on, so that a last checkpoint can hold
     * all of it.
     */
    void drain();

    /** Refuses new commands and views, finishes those submitted, and closes. May be called twice. */
    @Override
    void close() throws IOException;
}
