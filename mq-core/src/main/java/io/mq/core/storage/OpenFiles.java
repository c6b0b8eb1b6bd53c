package io.mq.core.storage;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Keeps the most recently used files open, so that any number of partitions gets by with a bounded number of file
 * descriptors. A file that was written is forced before it is closed: an error of a later write-back would reach nobody
 * through a closed descriptor.
 *
 * <p>Safe for use by any thread. Files in use are never closed, so the bound may be exceeded by their number.
 */
public final class OpenFiles implements Closeable {

    private final Disk disk;
    private final int openMax;

    /** Guarded by {@code this}; least recently used first. */
    private final LinkedHashMap<Path, Lease> open = new LinkedHashMap<>(16, 0.75f, true);

    private volatile IOException failedForce;

    public OpenFiles(Disk disk, int openMax) {
        this.disk = disk;
        this.openMax = openMax;
    }

    Disk disk() {
        return disk;
    }

    /**
     * Throws if any force has ever failed, whoever saw it: the system reports a lost write once, and a later force of
     * the same file succeeds without having written anything.
     */
    void requireNoFailedForce() throws IOException {
        if (failedForce != null) {
            throw new IOException("an earlier force failed, stored data may be lost; restart to verify", failedForce);
        }
    }

    /** A file in use. Closing gives it back. */
    final class Lease implements Closeable {

        private final Path path;
        private final DiskFile file;

        /** Guarded by the enclosing object. */
        private int users;

        /** Guarded by the enclosing object. Out of the cache; the last user closes the file. */
        private boolean isEvicted;

        private volatile boolean isDirty;

        private Lease(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        DiskFile file() {
            return file;
        }

        /** Call before writing: the file must not be closed unforced. */
        void markDirty() {
            isDirty = true;
        }

        /**
         * One at a time: the system reports a lost write to one of those who wait for it, and the other must find it in
         * {@link #requireNoFailedForce}.
         */
        synchronized void force() throws IOException {
            // Cleared first: a write that comes in between makes the file dirty again.
            isDirty = false;
            try {
                file.force();
            } catch (IOException e) {
                failedForce = e;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            release(this);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** @throws NoSuchFileException where there is no such file */
    Lease acquire(Path path) throws IOException {
        return acquire(path, false);
    }

    Lease acquireOrCreate(Path path) throws IOException {
        return acquire(path, true);
    }

    private Lease acquire(Path path, boolean mayCreate) throws IOException {
        List<Lease> evicted;
        Lease lease;
        synchronized (this) {
            lease = open.get(path);
            if (lease == null) {
                lease = new Lease(path, mayCreate && !disk.exists(path) ? disk.create(path) : disk.open(path));
                open.put(path, lease);
            }
            lease.users++;
            evicted = evictSurplus();
        }
        close(evicted);
        return lease;
    }

    /** Guarded by {@code this}. */
    private List<Lease> evictSurplus() {
        if (open.size() <= openMax) {
            return List.of();
        }
        List<Lease> evicted = new ArrayList<>();
        Iterator<Lease> leastRecentFirst = open.values().iterator();
        while (open.size() > openMax && leastRecentFirst.hasNext()) {
            Lease lease = leastRecentFirst.next();
            if (lease.users == 0) {
                leastRecentFirst.remove();
                lease.isEvicted = true;
                evicted.add(lease);
            }
        }
        return evicted;
    }

    private void release(Lease lease) throws IOException {
        boolean isLast;
        synchronized (this) {
            lease.users--;
            isLast = lease.isEvicted && lease.users == 0;
        }
        if (isLast) {
            lease.file.close();
        }
    }

    /** Closes a file that is about to be deleted, as soon as nobody uses it any more. */
    void forget(Path path) throws IOException {
        Lease lease;
        boolean isUnused;
        synchronized (this) {
            lease = open.remove(path);
            if (lease == null) {
                return;
            }
            lease.isEvicted = true;
            isUnused = lease.users == 0;
        }
        if (isUnused) {
            lease.file.close();
        }
    }

    private static void close(List<Lease> leases) throws IOException {
        for (Lease lease : leases) {
            if (lease.isDirty) {
                lease.force();
            }
            lease.file.close();
        }
    }

    @Override
    public void close() throws IOException {
        List<Lease> all;
        synchronized (this) {
            all = List.copyOf(open.values());
            open.clear();
        }
        for (Lease lease : all) {
            lease.file.close();
        }
    }

    /** How many files are open; for figures and tests. */
    public synchronized int count() {
        return open.size();
    }
}
