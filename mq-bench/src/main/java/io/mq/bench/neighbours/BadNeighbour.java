package io.mq.bench.neighbours;

import java.io.Closeable;

/**
 * A client that behaves badly, on connections of its own, from {@link #begin} until it is closed. Before, it connects
 * and makes what it needs.
 */
interface BadNeighbour extends Closeable {

    /** To be called once. */
    void begin();

    /** How often it has done what it does. */
    long acts();

    @Override
    void close();
}
