package io.mq.grpc;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.file.ForwardingDisk;
import java.io.IOException;
import java.nio.file.Path;

/** The real disk, until it is told to hang or to break when the journal is forced. */
final class FaultyDisk extends ForwardingDisk {

    private enum Fault {
        NONE,
        HANG,
        FAIL
    }

    /** Guarded by {@code this}. */
    private Fault fault = Fault.NONE;

    /** Guarded by {@code this}. */
    private int hanging;

    FaultyDisk(Disk disk) {
        super(disk);
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
    protected DiskFile opened(Path path, DiskFile file) {
        return new ForwardingFile(file) {
            @Override
            public void force() throws IOException {
                beforeForce(path);
                super.force();
            }
        };
    }
}
