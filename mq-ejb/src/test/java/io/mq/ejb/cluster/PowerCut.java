package io.mq.ejb.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What a power cut leaves of the files of a replica that runs, and puts in their place when it has ended. */
final class PowerCut {

    /** The engine holds it by a lock, and not by its being there. */
    private static final String LOCK = "in_use.lock";

    private final Path files;
    private final Path image;

    private PowerCut(Path files, Path image) {
        this.files = files;
        this.image = image;
    }

    /** Keeps what is on disk now. Nothing may be being forced meanwhile; votes may be. */
    static PowerCut of(Path files) throws IOException {
        PowerCut cut = new PowerCut(files, files.resolveSibling(files.getFileName() + ".image"));
        while (true) {
            try {
                copy(files, cut.image);
                return cut;
            } catch (NoSuchFileException e) {
                // A small file was being replaced.
                delete(cut.image);
            }
        }
    }

    /** Once the replica has ended: it has written more by then, none of which there has been. */
    void restore() throws IOException {
        delete(files);
        Files.move(image, files);
    }

    /**
     * As {@link #restore()}, and has the log end with the first bytes of another entry.
     *
     * @return how many; 0 where there was no entry yet
     */
    int restoreTorn(Random random) throws IOException {
        restore();
        for (Path file : filesIn(files)) {
            if (file.getFileName().toString().startsWith("log_inprogress_")) {
                return tear(file, random);
            }
        }
        return 0;
    }

    /** What was being written is made of the last entry: whatever it was, it has the form of one. */
    private static int tear(Path file, Random random) throws IOException {
        byte[] content = Files.readAllBytes(file);
        SegmentFrames frames = new SegmentFrames(content);
        int last = -1;
        int end = frames.first();
        while (!frames.isEndAt(end)) {
            last = end;
            end = (int) frames.endOf(end);
        }
        if (last < 0) {
            return 0;
        }
        byte[] entry = Arrays.copyOfRange(content, last, end);
        int written = 1 + random.nextInt(entry.length - Integer.BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(entry, 0, written), end);
            // As if it had been preallocated, also where the copy is older than that.
            channel.write(ByteBuffer.wrap(new byte[entry.length]), end + written);
        }
        return written;
    }

    static void copy(Path from, Path to) throws IOException {
        for (Path file : filesIn(from)) {
            Path copied = to.resolve(from.relativize(file).toString());
            if (!file.getFileName().toString().equals(LOCK)) {
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
