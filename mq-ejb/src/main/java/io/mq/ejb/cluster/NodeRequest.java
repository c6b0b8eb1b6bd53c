package io.mq.ejb.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What one node asks of another: a byte for the kind, then its fields. */
sealed interface NodeRequest {

    /** To be told how the node is. Answered with {@link NodeState}. */
    record AskState() implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(1);
        }
    }

    /** To be made a replica of a shard, by the leader; others answer that they are not it. Answered with nothing. */
    record Join(String shard, String peerId, String raftAddress) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(2);
            out.writeUTF(shard);
            out.writeUTF(peerId);
            out.writeUTF(raftAddress);
        }
    }

    /** To stand for election in a shard, because its leader is gone. Answered with nothing. */
    record Stand(String shard, String goneLeader) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(3);
            out.writeUTF(shard);
            out.writeUTF(goneLeader);
        }
    }

    /** For a snapshot of a shard. Answered with {@link SnapshotOffer}. */
    record OpenSnapshot(String shard) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(4);
            out.writeUTF(shard);
        }
    }

    /** For some bytes of a snapshot. Answered with them. */
    record ReadSnapshot(String shard, long snapshot, int piece, long offset, int bytesMax) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(5);
            out.writeUTF(shard);
            out.writeLong(snapshot);
            out.writeInt(piece);
            out.writeLong(offset);
            out.writeInt(bytesMax);
        }
    }

    /** To take a snapshot back. Answered with nothing. */
    record CloseSnapshot(String shard, long snapshot) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(6);
            out.writeUTF(shard);
            out.writeLong(snapshot);
        }
    }

    /** To lead nothing from now on, or to be free to again. Answered with nothing. */
    record SetDraining(boolean isDraining) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(7);
            out.writeBoolean(isDraining);
        }
    }

    /** To hand a shard's leadership over to a replica, by the leader. Answered with nothing, when that is done. */
    record HandOver(String shard, String peerId) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(8);
            out.writeUTF(shard);
            out.writeUTF(peerId);
        }
    }

    /** To take a replica of a shard out, by the leader. Answered with nothing, when that is agreed upon. */
    record Remove(String shard, String peerId) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(9);
            out.writeUTF(shard);
            out.writeUTF(peerId);
        }
    }

    /** Tells a node that its replicas were taken out. Answered with nothing. */
    record Removed(String peerId) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(10);
            out.writeUTF(peerId);
        }
    }

    /**
     * To have an observer of a shard vote, a voter observe, or both at once, by the leader. Answered with nothing, when that
     * is agreed upon.
     */
    record ChangeVoters(String shard, Optional<String> promoted, Optional<String> demoted) implements NodeRequest {

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(11);
            out.writeUTF(shard);
            out.writeUTF(promoted.orElse(""));
            out.writeUTF(demoted.orElse(""));
        }

        private static ChangeVoters read(DataInput in) throws IOException {
            return new ChangeVoters(in.readUTF(), peer(in.readUTF()), peer(in.readUTF()));
        }

        private static Optional<String> peer(String text) {
            return Optional.of(text).filter(name -> !name.isEmpty());
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
            case 1 -> new AskState();
            case 2 -> new Join(in.readUTF(), in.readUTF(), in.readUTF());
            case 3 -> new Stand(in.readUTF(), in.readUTF());
            case 4 -> new OpenSnapshot(in.readUTF());
            case 5 -> new ReadSnapshot(in.readUTF(), in.readLong(), in.readInt(), in.readLong(), in.readInt());
            case 6 -> new CloseSnapshot(in.readUTF(), in.readLong());
            case 7 -> new SetDraining(in.readBoolean());
            case 8 -> new HandOver(in.readUTF(), in.readUTF());
            case 9 -> new Remove(in.readUTF(), in.readUTF());
            case 10 -> new Removed(in.readUTF());
            case 11 -> ChangeVoters.read(in);
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
