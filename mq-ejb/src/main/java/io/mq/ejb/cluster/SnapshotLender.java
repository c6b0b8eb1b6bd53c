package io.mq.ejb.cluster;

import io.mq.core.broker.Engine;
import io.mq.core.checkpoint.OutgoingSnapshot;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lends this node's checkpoint of a shard to others, and takes back what is not asked for any more. Safe for use by any
 * thread.
 */
final class SnapshotLender implements Closeable {

    private static final Logger LOG = System.getLogger(SnapshotLender.class.getName());

    /** A borrower that is silent for so long has gone. */
    private static final Duration IDLE_MAX = Duration.ofMinutes(1);

    /** Until this node's log knows that the borrower is done, what comes after the checkpoint is not to be forgotten. */
    private static final Duration KEPT_AFTER = Duration.ofSeconds(5);

    private static final int BYTES_MAX = 1 << 20;

    private final Engine engine;
    private final LongSupplier nanoClock;
    private final Map<Long, Lent> lent = new ConcurrentHashMap<>();
    private final AtomicLong bytesSent = new AtomicLong();

    private static final class Lent {
        private final OutgoingSnapshot snapshot;
        private volatile long usedNanos;
        private volatile boolean isReturned;

        Lent(OutgoingSnapshot snapshot, long nowNanos) {
            this.snapshot = snapshot;
            this.usedNanos = nowNanos;
        }
    }

    SnapshotLender(Engine engine, LongSupplier nanoClock) {
        this.engine = engine;
        this.nanoClock = nanoClock;
    }

    /** Lends a checkpoint of now, as far as the disk has room for one. */
    SnapshotOffer lend() throws IOException {
        var unused = engine.checkpoint();
        OutgoingSnapshot snapshot = engine.checkpointer().openSnapshot();
        lent.put(snapshot.number(), new Lent(snapshot, nanoClock.getAsLong()));
        return new SnapshotOffer(snapshot.number(), snapshot.pieces());
    }

    byte[] read(NodeRequest.ReadSnapshot request) throws IOException {
        Lent found = lent.get(request.snapshot());
        if (found == null) {
            throw new IOException("snapshot %d is not lent any more; open another".formatted(request.snapshot()));
        }
        found.usedNanos = nanoClock.getAsLong();
        if (request.piece() < 0 || request.piece() >= found.snapshot.pieces().size()) {
            throw new IOException("snapshot %d has no piece %d".formatted(request.snapshot(), request.piece()));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, Math.min(request.bytesMax(), BYTES_MAX)));
        found.snapshot.read(request.piece(), request.offset(), bytes);
        byte[] read = new byte[bytes.flip().remaining()];
        bytes.get(read);
        bytesSent.addAndGet(read.length);
        return read;
    }

    /** Since this node's start. */
    long bytesSent() {
        return bytesSent.get();
    }

    /** What belongs to it is kept for a moment. */
    void takeBack(long number) {
        Lent found = lent.get(number);
        if (found != null) {
            found.usedNanos = nanoClock.getAsLong();
            found.isReturned = true;
        }
    }

    /** To be called now and then. */
    void takeBackIdle() {
        long now = nanoClock.getAsLong();
        lent.forEach((number, each) -> {
            Duration kept = each.isReturned ? KEPT_AFTER : IDLE_MAX;
            if (now - each.usedNanos > kept.toNanos()) {
                delete(number);
            }
        });
    }

    private void delete(long number) {
        try {
            Lent found = lent.remove(number);
            if (found != null) {
                found.snapshot.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Could not delete what was lent to another node", e);
        }
    }

    @Override
    public void close() {
        lent.keySet().forEach(this::delete);
    }
}
