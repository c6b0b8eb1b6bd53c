package io.mq.bench.neighbours;

import java.io.Closeable;

/** A client that behaves badly, on connections of its own, until it is closed. */
interface BadNeighbour extends Closeable {

    /** How often it has done what it does. */
    long acts();

    @Override
    void close();
}
