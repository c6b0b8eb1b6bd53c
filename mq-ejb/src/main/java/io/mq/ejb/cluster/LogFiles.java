package io.mq.ejb.cluster;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the engine's logs, before the engine opens them. Ratis 3.2.2 is at once too strict and too lenient with
 * them: it does not start where a power cut has torn the last entry; it takes an entry whose length leads past the end of
 * the file for torn, and drops what follows; it drops a file whose header is gone; and what it finds it holds to be on
 * disk, though a process that was killed may have left it to the operating system.
 *
 * <p>So each entry is looked at. Of the file that was written last, a {@linkplain TornTail torn} last entry is cut off,
 * and what is there is forced. Other damage is refused, since it may be in an entry that this replica has acknowledged.
 */
final class LogFiles {

    private static final Logger LOG = System.getLogger(LogFiles.class.getName());

    private static final String ADVICE =
            "start the node with an empty data directory while a majority of the others is there";

    private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)(?:\\..*)?");
    private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");

    private final Disk disk;

    LogFiles(Disk disk) {
        this.disk = disk;
    }

    /** @param last the index of its last entry; unknown where the file is open */
    private record Segment(Path file, long first, long last) {

        private static final long UNKNOWN = Long.MAX_VALUE;

        static Segment of(Path file) {
            String name = String.valueOf(file.getFileName());
            Matcher open = OPEN.matcher(name);
            if (open.matches()) {
                return new Segment(file, Long.parseLong(open.group(1)), UNKNOWN);
            }
            Matcher closed = CLOSED.matcher(name);
            return closed.matches()
                    ? new Segment(file, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2)))
                    : null;
        }

        boolean isOpen() {
            return last == UNKNOWN;
        }
    }

    /**
     * Makes the logs of all shards ready for the engine.
     *
     * @param logs has a directory for each shard; may be missing
     * @throws IOException where an entry is damaged that may have been acknowledged
     */
    void prepare(Path logs) throws IOException {
        for (Path shard : disk.list(logs)) {
            requireVote(shard.resolve("current").resolve("raft-meta"));
            List<Segment> segments = new ArrayList<>();
            for (Path file : disk.list(shard.resolve("current"))) {
                Segment segment = Segment.of(file);
                if (segment != null) {
                    segments.add(segment);
                }
            }
            segments.sort(Comparator.comparingLong(Segment::first));
            for (int i = 0; i < segments.size(); i++) {
                prepare(segments.get(i), i == segments.size() - 1);
            }
        }
    }

    /**
     * The engine leaves the file empty where the disk was full when it noted a term or a vote. A node that does not know
     * what it has voted might vote twice.
     */
    private void requireVote(Path file) throws IOException {
        if (disk.exists(file) && disk.size(file) == 0) {
            throw new IOException(
                    "%s is empty, so this node does not know any more what it has voted: its disk was full, or failed; %s"
                            .formatted(file, ADVICE));
        }
    }

    private void prepare(Segment segment, boolean isNewest) throws IOException {
        try (DiskFile file = disk.open(segment.file)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.readFully(content, 0);
            SegmentFrames frames = new SegmentFrames(content.array());
            if (!frames.hasHeader()) {
                requireNothingBehindTheHeader(segment, frames);
                return;
            }
            int position = frames.first();
            long index = segment.first;
            while (index <= segment.last && !frames.isEndAt(position) && frames.isWholeAt(position)) {
                position = (int) frames.endOf(position);
                index++;
            }
            if (segment.isOpen() ? !frames.isEndAt(position) : index <= segment.last) {
                if (!isNewest || !segment.isOpen() || !new TornTail(frames, position, index).isTorn()) {
                    throw damaged(segment, position, "entry %d is damaged".formatted(index));
                }
                LOG.log(
                        Level.WARNING,
                        "{0}@{1}: entry {2} was torn by a power cut before it was acknowledged, and is cut off",
                        segment.file,
                        Integer.toString(position),
                        Long.toString(index));
                file.truncate(position);
            }
            if (segment.isOpen()) {
                file.force();
            }
        }
    }

    /** A header is forced before the first entry is written, so nothing is there where its write was torn. */
    private static void requireNothingBehindTheHeader(Segment segment, SegmentFrames frames) throws IOException {
        if (!frames.isEndAt(frames.first())) {
            throw damaged(segment, 0, "the header is not one");
        }
    }

    private static IOException damaged(Segment segment, int position, String damage) {
        return new IOException("%s@%d: %s; %s".formatted(segment.file, position, damage, ADVICE));
    }
}
