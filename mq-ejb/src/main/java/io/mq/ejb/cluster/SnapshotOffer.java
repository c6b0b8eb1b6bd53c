package io.mq.ejb.cluster;

import io.mq.core.checkpoint.SnapshotPiece;
import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A snapshot that a node lends to another, and the number by which it is asked for it. */
record SnapshotOffer(long snapshot, List<SnapshotPiece> pieces) {

    byte[] encoded() {
        return NodeRequest.bytes(out -> {
            out.writeLong(snapshot);
            out.writeInt(pieces.size());
            for (SnapshotPiece piece : pieces) {
                out.writeUTF(piece.name());
                out.writeLong(piece.bytes());
            }
        });
    }

    static SnapshotOffer decode(byte[] bytes) throws IOException {
        DataInput in = NodeRequest.input(bytes);
        long snapshot = in.readLong();
        List<SnapshotPiece> pieces = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            pieces.add(new SnapshotPiece(in.readUTF(), in.readLong()));
        }
        return new SnapshotOffer(snapshot, pieces);
    }
}
