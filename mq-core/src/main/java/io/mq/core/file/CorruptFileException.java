package io.mq.core.file;

import java.io.IOException;
import java.nio.file.Path;

/** Stored bytes are not what was written. Names the file, the place, what was expected and found, and the next step. */
public final class CorruptFileException extends IOException {

    private final String place;

    public CorruptFileException(Path file, long position, String damage) {
        super(
                "%s@%d: %s; run 'mq inspect --data-dir DIR' for the extent, and restore this file or the data directory from a copy"
                        .formatted(file, position, damage));
        this.place = "@%d: %s".formatted(position, damage);
    }

    /** What is wrong and where in the file, without the file's name and the advice. */
    public String damage() {
        return place;
    }
}
