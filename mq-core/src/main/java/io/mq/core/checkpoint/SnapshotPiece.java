package io.mq.core.checkpoint;

/**
 * One file of a snapshot.
 *
 * @param name with {@code /} between its parts
 */
public record SnapshotPiece(String name, long bytes) {

    /** The state; every other piece is a segment, by the name of its topic's directory, its partition and its own. */
    static final String IMAGE = "image";

    private static final String SEGMENT = "[A-Za-z0-9._-]{1,255}/[0-9]{1,10}/[0-9]{20}\\.log";

    /** @throws IllegalArgumentException for a name that no snapshot has, as one that leads elsewhere */
    public SnapshotPiece {
        if (!name.equals(IMAGE) && (!name.matches(SEGMENT) || name.startsWith("."))) {
            throw new IllegalArgumentException("'%s' is no part of a snapshot".formatted(name));
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("%s cannot have %d bytes".formatted(name, bytes));
        }
    }

    boolean isImage() {
        return name.equals(IMAGE);
    }
}
