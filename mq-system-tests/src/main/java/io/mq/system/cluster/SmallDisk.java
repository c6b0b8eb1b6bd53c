package io.mq.system.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of its own for what a node stores, which can be full without harm to anything else. Needs Linux, root, and
 * the programs {@code mkfs.ext4} and {@code mount} with loop devices.
 */
public final class SmallDisk implements Closeable {

    /** Sparse: far more than a node stores in a long run. */
    private static final long BYTES = 6L << 30;

    /** What a file system keeps for itself is no room. */
    private static final long SMALLEST_PIECE_BYTES = 4096;

    private final Path image;
    private final Path at;

    private SmallDisk(Path image, Path at) {
        this.image = image;
        this.at = at;
    }

    /** Whether this process may make one. */
    public static boolean isPossible() {
        try {
            Path trial = Files.createTempDirectory("mq-disk");
            try (SmallDisk disk = mount(trial.resolve("image"), trial.resolve("disk"))) {
                disk.fill();
                return true;
            } finally {
                Files.deleteIfExists(trial.resolve("image"));
                Files.deleteIfExists(trial.resolve("disk"));
                Files.deleteIfExists(trial);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** @param at an empty directory, created where it is missing */
    static SmallDisk mount(Path image, Path at) throws IOException {
        Files.createDirectories(at);
        Programs.run("truncate -s %d %s".formatted(BYTES, image));
        Programs.run("mkfs.ext4 -q -m 0 %s".formatted(image));
        Programs.run("mount -o loop %s %s".formatted(image, at));
        Files.deleteIfExists(at.resolve("lost+found"));
        return new SmallDisk(image, at);
    }

    /** Leaves no room, until everything on it is deleted. */
    public void fill() throws IOException {
        Path filler = at.resolve("filler");
        long piece = at.toFile().getUsableSpace();
        long filled = 0;
        while (piece >= SMALLEST_PIECE_BYTES) {
            if (Programs.tryRun("fallocate -o %d -l %d %s".formatted(filled, piece, filler))) {
                filled += piece;
                piece = at.toFile().getUsableSpace();
            } else {
                piece /= 2;
            }
        }
    }

    /** Whoever uses it must be gone. */
    @Override
    public void close() throws IOException {
        Programs.run("umount -l " + at);
        Files.delete(image);
    }
}
