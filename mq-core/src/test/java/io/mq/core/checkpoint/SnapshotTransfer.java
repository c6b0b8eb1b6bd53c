package io.mq.core.checkpoint;

import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** Brings a snapshot from one engine to another in the same process. */
public final class SnapshotTransfer {

    private static final int BYTES_MAX = 8 << 10;

    private SnapshotTransfer() {}

    /** Fetches what has not arrived yet, in steps of any size. */
    public static IncomingSnapshot fetch(OutgoingSnapshot sent, ShardDirectory receiver, RandomGenerator random)
            throws IOException {
        IncomingSnapshot received = IncomingSnapshot.begin(receiver, sent.pieces());
        for (int piece = 0; piece < sent.pieces().size(); piece++) {
            long at = received.arrived(piece);
            while (at < sent.pieces().get(piece).bytes()) {
                ByteBuffer bytes = ByteBuffer.allocate(1 + random.nextInt(BYTES_MAX));
                sent.read(piece, at, bytes);
                received.append(piece, bytes.flip());
                at = received.arrived(piece);
            }
        }
        return received;
    }
}
