package io.mq.ejb.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What one node asks of another: a byte for the kind, then its fields. */
sealed interface NodeRequest {

    /** To be told how the node's replica is. Answered with {@link ReplicaReport}. */
    record Report() implements NodeRequest {}

    /** To be made a replica of, by the leader; others answer that they are not it. Answered with nothing. */
    record Join(String peerId, String raftAddress) implements NodeRequest {}

    /** To stand for election, because the leader is gone. Answered with nothing. */
    record Stand(String goneLeader) implements NodeRequest {}

    /** To hand leadership over to another replica. Answered with nothing. */
    record Transfer(String peerId) implements NodeRequest {}

    /** To have a replica removed, by the leader. Answered with nothing. */
    record Remove(String peerId) implements NodeRequest {}

    /** To lead nothing any more, or to be ready to again. Answered with nothing. */
    record Drain(boolean isOn) implements NodeRequest {}

    /** For a snapshot. Answered with {@link SnapshotOffer}. */
    record OpenSnapshot() implements NodeRequest {}

    /** For some bytes of a snapshot. Answered with them. */
    record ReadSnapshot(long snapshot, int piece, long offset, int bytesMax) implements NodeRequest {}

    /** To take a snapshot back. Answered with nothing. */
    record CloseSnapshot(long snapshot) implements NodeRequest {}

    private static int kind(NodeRequest request) {
        if (request instanceof Report) {
            return 1;
        } else if (request instanceof Join) {
            return 2;
        } else if (request instanceof Stand) {
            return 3;
        } else if (request instanceof Transfer) {
            return 4;
        } else if (request instanceof Remove) {
            return 5;
        } else if (request instanceof Drain) {
            return 6;
        } else if (request instanceof OpenSnapshot) {
            return 7;
        } else if (request instanceof ReadSnapshot) {
            return 8;
        }
        return 9;
    }

    default byte[] encoded() {
        return bytes(out -> {
            out.writeByte(kind(this));
            if (this instanceof Join join) {
                out.writeUTF(join.peerId);
                out.writeUTF(join.raftAddress);
            } else if (this instanceof Stand stand) {
                out.writeUTF(stand.goneLeader);
            } else if (this instanceof Transfer transfer) {
                out.writeUTF(transfer.peerId);
            } else if (this instanceof Remove remove) {
                out.writeUTF(remove.peerId);
            } else if (this instanceof Drain drain) {
                out.writeBoolean(drain.isOn);
            } else if (this instanceof ReadSnapshot read) {
                out.writeLong(read.snapshot);
                out.writeInt(read.piece);
                out.writeLong(read.offset);
                out.writeInt(read.bytesMax);
            } else if (this instanceof CloseSnapshot close) {
                out.writeLong(close.snapshot);
            }
        });
    }

    /** @throws IOException for what this version does not know */
    static NodeRequest decode(byte[] bytes) throws IOException {
        DataInput in = input(bytes);
        int kind = in.readByte();
        return switch (kind) {
            case 1 -> new Report();
            case 2 -> new Join(in.readUTF(), in.readUTF());
            case 3 -> new Stand(in.readUTF());
            case 4 -> new Transfer(in.readUTF());
            case 5 -> new Remove(in.readUTF());
            case 6 -> new Drain(in.readBoolean());
            case 7 -> new OpenSnapshot();
            case 8 -> new ReadSnapshot(in.readLong(), in.readInt(), in.readLong(), in.readInt());
            case 9 -> new CloseSnapshot(in.readLong());
            default ->
                throw new IOException("requests of kind %d are not known here; update this node".formatted(kind));
        };
    }

    /** Writes the fields of something. */
    @FunctionalInterface
    interface Fields {
        void writeTo(DataOutput out) throws IOException;
    }

    static byte[] bytes(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            fields.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static DataInput input(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
