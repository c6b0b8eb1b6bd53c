package io.mq.core.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that shows each read to a watcher, who may make it fail, and knows which files are open. */
public final class WatchedDisk extends ForwardingDisk {

    /** Called before a read takes place; what it throws is what the read throws. */
    @FunctionalInterface
    public interface Watcher {
        void beforeRead(Path file, int bytesMax) throws IOException;
    }

    private volatile Watcher watcher = (file, bytesMax) -> {};
    private final AtomicInteger openFiles = new AtomicInteger();

    public WatchedDisk(Disk disk) {
        super(disk);
    }

    public void setWatcher(Watcher newWatcher) {
        watcher = newWatcher;
    }

    /** How many files have been opened and not yet closed. */
    public int openFiles() {
        return openFiles.get();
    }

    @Override
    protected DiskFile opened(Path path, DiskFile file) {
        openFiles.incrementAndGet();
        return new ForwardingFile(file) {

            private boolean isClosed;

            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                watcher.beforeRead(path, target.remaining());
                return super.read(target, position);
            }

            @Override
            public synchronized void close() throws IOException {
                if (!isClosed) {
                    isClosed = true;
                    openFiles.decrementAndGet();
                }
                super.close();
            }
        };
    }
}
