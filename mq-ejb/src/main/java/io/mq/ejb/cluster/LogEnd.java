package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.IOException;

/** How far the log of a replica goes: its last entry. The replica with the greatest has the votes of all others to expect. */
record LogEnd(long term, long index) implements Comparable<LogEnd> {

    @Override
    public int compareTo(LogEnd other) {
        return term == other.term ? Long.compare(index, other.index) : Long.compare(term, other.term);
    }

    byte[] encoded() {
        return NodeRequest.bytes(out -> {
            out.writeLong(term);
            out.writeLong(index);
        });
    }

    static LogEnd decode(byte[] bytes) throws IOException {
        DataInput in = NodeRequest.input(bytes);
        return new LogEnd(in.readLong(), in.readLong());
    }
}
