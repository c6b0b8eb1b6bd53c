package io.mq.grpc;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The real disk, until it is told to hang or to break when the journal is forced. */
final class FaultyDisk implements Disk {

    private enum Fault {
        NONE,
        HANG,
        FAIL
    }

    private final Disk disk;

    /** Guarded by {@code this}. */
    private Fault fault = Fault.NONE;

    /** Guarded by {@code this}. */
    private int hanging;

    FaultyDisk(Disk disk) {
        this.disk = disk;
    }

    /** From now on, the journal's forces do not return. */
    synchronized void holdForces() {
        fault = Fault.HANG;
    }

    /** Mends the disk; what hung goes on. */
    synchronized void releaseForces() {
        fault = Fault.NONE;
        notifyAll();
    }

    /** From now on, the journal's forces fail. */
    synchronized void failForces() {
        fault = Fault.FAIL;
        notifyAll();
    }

    /** Whether somebody waits for a force that does not return. */
    synchronized boolean isHanging() {
        return hanging > 0;
    }

    private synchronized void beforeForce(Path path) throws IOException {
        if (!path.getParent().endsWith("journal")) {
            return;
        }
        hanging++;
        while (fault == Fault.HANG) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError("threads of the journal must never be interrupted", e);
            }
        }
        hanging--;
        if (fault == Fault.FAIL) {
            throw new IOException("the disk is broken");
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new FaultyFile(file, disk.open(file));
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new FaultyFile(file, disk.create(file));
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

    private final class FaultyFile implements DiskFile {

        private final Path path;
        private final DiskFile file;

        FaultyFile(Path path, DiskFile file) {
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
            beforeForce(path);
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
