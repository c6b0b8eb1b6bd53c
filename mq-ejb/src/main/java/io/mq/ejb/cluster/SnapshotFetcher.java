package io.mq.ejb.cluster;

import io.mq.core.broker.Engine;
import io.mq.core.checkpoint.IncomingSnapshot;
import io.mq.core.checkpoint.SnapshotPiece;
import io.mq.core.command.LogPosition;
import io.mq.core.file.CorruptFileException;
import io.mq.core.journal.RaftLog.Replica;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Fetches another node's checkpoint of a shard and puts it in the place of this node's. Takes memory for one request at a
 * time, and no more of the network and the sender's disk than so many bytes a second.
 */
final class SnapshotFetcher {

    private static final Logger LOG = System.getLogger(SnapshotFetcher.class.getName());

    private static final int REQUEST_BYTES = 1 << 20;

    /** Of what a sender does first, taking a checkpoint. */
    private static final Duration OPEN_TIMEOUT = Duration.ofMinutes(1);

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    private static final int ATTEMPTS = 3;

    private final Supplier<Peers> peers;
    private final String shard;
    private final ShardDirectory directory;
    private final Engine engine;
    private final long bytesPerSecond;
    private final LongSupplier nanoClock;
    private final AtomicLong bytesReceived = new AtomicLong();
    private volatile boolean isFetching;

    /** @param peers not asked for before something is fetched */
    SnapshotFetcher(
            Supplier<Peers> peers,
            String shard,
            ShardDirectory directory,
            Engine engine,
            long bytesPerSecond,
            LongSupplier nanoClock) {
        this.peers = peers;
        this.shard = shard;
        this.directory = directory;
        this.engine = engine;
        this.bytesPerSecond = bytesPerSecond;
        this.nanoClock = nanoClock;
    }

    /**
     * Waits until it is in place.
     *
     * @return up to where this node has everything then
     */
    LogPosition fetch(String nodeId, Replica replica) throws IOException {
        isFetching = true;
        try {
            return fetchNow(nodeId, replica);
        } finally {
            isFetching = false;
        }
    }

    /** Whether this node is about to replace what it has of the shard. */
    boolean isFetching() {
        return isFetching;
    }

    private LogPosition fetchNow(String nodeId, Replica replica) throws IOException {
        SnapshotOffer offer = SnapshotOffer.decode(ask(nodeId, new NodeRequest.OpenSnapshot(shard), OPEN_TIMEOUT));
        long bytes = offer.pieces().stream().mapToLong(SnapshotPiece::bytes).sum();
        LOG.log(Level.INFO, "Fetching a checkpoint of {0} bytes from node {1}", bytes, nodeId);
        try {
            LogPosition position = install(nodeId, offer, replica);
            LOG.log(Level.INFO, "The checkpoint of node {0} is in place; its log follows", nodeId);
            return position;
        } finally {
            var unused = peers.get()
                    .ask(nodeId, new NodeRequest.CloseSnapshot(shard, offer.snapshot()).encoded(), READ_TIMEOUT);
        }
    }

    private LogPosition install(String nodeId, SnapshotOffer offer, Replica replica) throws IOException {
        for (int attempt = 1; ; attempt++) {
            IncomingSnapshot snapshot = IncomingSnapshot.begin(directory, offer.pieces());
            for (int piece = 0; piece < offer.pieces().size(); piece++) {
                fetch(nodeId, offer, piece, snapshot);
            }
            try {
                return engine.install(snapshot, replica);
            } catch (CorruptFileException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.log(
                        Level.WARNING,
                        "Part of a checkpoint arrived damaged and is fetched again: {0}",
                        e.getMessage());
            }
        }
    }

    private void fetch(String nodeId, SnapshotOffer offer, int piece, IncomingSnapshot snapshot) throws IOException {
        long bytes = offer.pieces().get(piece).bytes();
        for (long at = snapshot.arrived(piece); at < bytes; ) {
            long startNanos = nanoClock.getAsLong();
            byte[] read = ask(
                    nodeId,
                    new NodeRequest.ReadSnapshot(shard, offer.snapshot(), piece, at, REQUEST_BYTES),
                    READ_TIMEOUT);
            if (read.length == 0) {
                throw new IOException("node %s sends nothing of %s"
                        .formatted(nodeId, offer.pieces().get(piece).name()));
            }
            snapshot.append(piece, ByteBuffer.wrap(read));
            at += read.length;
            bytesReceived.addAndGet(read.length);
            long dueNanos = startNanos + TimeUnit.SECONDS.toNanos(1) * read.length / bytesPerSecond;
            LockSupport.parkNanos(dueNanos - nanoClock.getAsLong());
        }
        if (bytes == 0) {
            snapshot.append(piece, ByteBuffer.allocate(0));
        }
    }

    /** Since this node's start. Safe for use by any thread. */
    long bytesReceived() {
        return bytesReceived.get();
    }

    private byte[] ask(String nodeId, NodeRequest request, Duration timeout) throws IOException {
        try {
            return peers.get().ask(nodeId, request.encoded(), timeout).join();
        } catch (CompletionException e) {
            throw new IOException(
                    "node %s has not sent its checkpoint: %s"
                            .formatted(nodeId, e.getCause().getMessage()),
                    e.getCause());
        }
    }
}
