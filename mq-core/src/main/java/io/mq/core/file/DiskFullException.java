package io.mq.core.file;

import java.io.IOException;
import java.nio.file.Path;

/** A write found no room. Unlike other I/O errors it passes: the same write may succeed once space is back. */
public final class DiskFullException extends IOException {

    public DiskFullException(Path file, IOException cause) {
        super("No space left on the device that holds " + file, cause);
    }
}
