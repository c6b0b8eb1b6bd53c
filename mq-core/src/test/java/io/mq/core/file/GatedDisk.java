package io.mq.core.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A disk whose forces of some files wait at a gate, so that a test can look at what happens meanwhile. */
public final class GatedDisk extends ForwardingDisk {

    private final Predicate<Path> isGated;
    private final Semaphore arrivals = new Semaphore(0);

    /** Guarded by {@code this}. */
    private boolean isOpen = true;

    /** Guarded by {@code this}. How many may pass the shut gate. */
    private int passes;

    public GatedDisk(Disk disk, Predicate<Path> isGated) {
        super(disk);
        this.isGated = isGated;
    }

    /** From now on, forces wait. */
    public synchronized void shut() {
        isOpen = false;
        passes = 0;
        arrivals.drainPermits();
    }

    /** Lets those that wait go on, and all later ones. */
    public synchronized void open() {
        isOpen = true;
        notifyAll();
    }

    /** Lets one of those that wait go on, or the next that comes. */
    public synchronized void letOnePass() {
        passes++;
        notifyAll();
    }

    /** Waits until one more force has come to the shut gate. */
    public void awaitArrival() {
        arrivals.acquireUninterruptibly();
    }

    private synchronized void pass() {
        if (isOpen) {
            return;
        }
        arrivals.release();
        boolean wasInterrupted = false;
        while (!isOpen && passes == 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        passes--;
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected DiskFile opened(Path path, DiskFile file) {
        if (!isGated.test(path)) {
            return file;
        }
        return new ForwardingFile(file) {
            @Override
            public void force() throws IOException {
                pass();
                super.force();
            }
        };
    }
}
