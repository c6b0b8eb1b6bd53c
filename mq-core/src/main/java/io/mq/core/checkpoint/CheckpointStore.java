package io.mq.core.checkpoint;

import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps the last checkpoint.
 *
 * <h2>Durability</h2>
 * {@link #save} is one transaction: when it returns, the change is on disk as a whole; when it fails or the machine
 * stops, nothing of it is.
 *
 * <h2>Threads</h2>
 * One thread at a time.
 *
 * <h2>Failure</h2>
 * A failed save may be repeated, alone or together with later changes.
 */
public interface CheckpointStore extends Closeable {

    /** Opens, or creates, the store in a directory of its own. */
    @FunctionalInterface
    interface Opener {
        CheckpointStore open(Path directory) throws IOException;
    }

    /** All that was saved; {@link StateImage#EMPTY} in a new store. */
    StateImage load() throws IOException;

    void save(StateDelta delta) throws IOException;

    /** Saves this in place of everything there is; as {@link #save}, one transaction. */
    void replace(StateImage image) throws IOException;

    /** May be called twice. */
    @Override
    void close() throws IOException;
}
