package io.mq.system.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * What the nodes of a cluster reach each other and their clients by. Nodes are counted from 0.
 *
 * <p><b>Threads.</b> One at a time. <b>Failure.</b> An {@link IOException} carries what the failed program has printed.
 */
public interface Network extends Closeable {

    /** The host by which nodes and clients reach a node. */
    String host(int node);

    /** Words before a command that have it run where a node is; none where that is here. */
    List<String> enter(int node);

    /** Whether it can lose what is sent; without that, {@link #drop} and {@link #isolate} are refused. */
    boolean canCut();

    /** Whether {@link #slow} is possible. */
    boolean canSlow();

    /** Loses without a word what one node sends to another; what comes back the other way arrives. */
    void drop(int from, int to) throws IOException;

    /** Loses without a word all that a node sends, and all that is sent to it. */
    void isolate(int node) throws IOException;

    /** Has what a node sends wait in a queue that is emptied slowly, and lost where that is full. */
    void slow(int node) throws IOException;

    /** Undoes everything that was done to it. */
    void mend() throws IOException;

    @Override
    void close();
}
