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

    /** To be told how far the log of the node's replica goes. Answered with {@link LogEnd}. */
    record AskLogEnd() implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(1);
        }
    }

    /** To be made a replica of, by the leader; others answer that they are not it. Answered with nothing. */
    record Join(String peerId, String raftAddress) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(2);
            out.writeUTF(peerId);
            out.writeUTF(raftAddress);
        }
    }

    /** To stand for election, because the leader is gone. Answered with nothing. */
    record Stand(String goneLeader) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(3);
            out.writeUTF(goneLeader);
        }
    }

    /** For a snapshot. Answered with {@link SnapshotOffer}. */
    record OpenSnapshot() implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(4);
        }
    }

    /** For some bytes of a snapshot. Answered with them. */
    record ReadSnapshot(long snapshot, int piece, long offset, int bytesMax) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(5);
            out.writeLong(snapshot);
            out.writeInt(piece);
            out.writeLong(offset);
            out.writeInt(bytesMax);
        }
    }

    /** To take a snapshot back. Answered with nothing. */
    record CloseSnapshot(long snapshot) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(6);
            out.writeLong(snapshot);
        }
    }

    void writeTo(DataOutput out) throws IOException;

    default byte[] encoded() {
        return bytes(this::writeTo);
    }

    /** @throws IOException for what this version does not know */
    static NodeRequest decode(byte[] bytes) throws IOException {
        DataInput in = input(bytes);
        int kind = in.readByte();
        return switch (kind) {
            case 1 -> new AskLogEnd();
            case 2 -> new Join(in.readUTF(), in.readUTF());
            case 3 -> new Stand(in.readUTF());
            case 4 -> new OpenSnapshot();
            case 5 -> new ReadSnapshot(in.readLong(), in.readInt(), in.readLong(), in.readInt());
            case 6 -> new CloseSnapshot(in.readLong());
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
