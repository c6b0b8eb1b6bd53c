package io.mq.core.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A disk whose forces of some files wait at a gate, so that a test can look at what happens meanwhile. */
public final class GatedDisk implements Disk {

    private final Disk disk;
    private final Predicate<Path> isGated;
    private final Semaphore arrivals = new Semaphore(0);

    /** Guarded by {@code this}. */
    private boolean isOpen = true;

    public GatedDisk(Disk disk, Predicate<Path> isGated) {
        this.disk = disk;
        this.isGated = isGated;
    }

    /** From now on, forces wait. */
    public synchronized void shut() {
        isOpen = false;
        arrivals.drainPermits();
    }

    /** Lets those that wait go on, and all later ones. */
    public synchronized void open() {
        isOpen = true;
        notifyAll();
    }

    /** Waits until one more force has come to the shut gate. */
    public void awaitArrival() {
        arrivals.acquireUninterruptibly();
    }

    private synchronized void pass(Path file) {
        if (isOpen || !isGated.test(file)) {
            return;
        }
        arrivals.release();
        boolean wasInterrupted = false;
        while (!isOpen) {
            try {
                wait();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new GatedFile(file, disk.open(file));
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new GatedFile(file, disk.create(file));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        disk.rename(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public Optional<Closeable> tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    private final class GatedFile implements DiskFile {

        private final Path path;
        private final DiskFile file;

        GatedFile(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            pass(path);
            file.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
