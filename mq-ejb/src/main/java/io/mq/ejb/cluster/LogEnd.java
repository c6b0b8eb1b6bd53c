package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How far the log of a replica goes: its last entry. The replica with the greatest has the votes of all others to expect. */
record LogEnd(long term, long index) implements Comparable<LogEnd> {

    @Override
    public int compareTo(LogEnd other) {
        return term == other.term ? Long.compare(index, other.index) : Long.compare(term, other.term);
    }

    void encode(DataOutput out) throws IOException {
        out.writeLong(term);
        out.writeLong(index);
    }

    static LogEnd decode(DataInput in) throws IOException {
        return new LogEnd(in.readLong(), in.readLong());
    }
}
