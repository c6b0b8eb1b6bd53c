package io.mq.ejb.cluster;

import io.mq.core.file.Disk;
import io.mq.core.file.PropertiesFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/**
 * The terms of a log's committed entries, also of those that the log has given up, kept in a file: a leader may need the
 * term of the entry before its log's first after a restart, too. One thread at a time notes, any may ask.
 */
final class TermHistory {

    /** More than anybody can be behind: a term that is noted has had an entry committed in it. */
    private static final int TERMS_MAX = 1_000;

    private final Disk disk;
    private final Path file;

    /** By the first index that is known to have each. */
    private final ConcurrentNavigableMap<Long, Long> terms = new ConcurrentSkipListMap<>();

    private TermHistory(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    /** @throws IOException where the file is there but cannot be read */
    static TermHistory open(Disk disk, Path file) throws IOException {
        TermHistory history = new TermHistory(disk, file);
        if (disk.exists(file)) {
            try {
                PropertiesFile.read(disk, file)
                        .forEach((index, term) ->
                                history.terms.put(Long.parseLong((String) index), Long.parseLong((String) term)));
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "%s is damaged; start the node with an empty data directory while the others are there"
                                .formatted(file),
                        e);
            }
        }
        return history;
    }

    /**
     * Durable where it is a new term.
     *
     * @param index nothing happens where a later one was noted before: a log that is read again
     */
    void note(long term, long index) throws IOException {
        Map.Entry<Long, Long> last = terms.lastEntry();
        if (last == null || last.getKey() < index && last.getValue() != term) {
            terms.put(index, term);
            if (terms.size() > TERMS_MAX) {
                terms.pollFirstEntry();
            }
            save();
        }
    }

    private void save() throws IOException {
        String content = terms.entrySet().stream()
                .map(each -> "%d=%d%n".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining());
        disk.replace(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty where the entry is before the first that was noted. */
    OptionalLong termOf(long index) {
        Map.Entry<Long, Long> found = terms.floorEntry(index);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.getValue());
    }
}
