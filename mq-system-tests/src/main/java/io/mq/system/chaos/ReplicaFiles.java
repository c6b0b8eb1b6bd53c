package io.mq.system.chaos;

import io.mq.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** What a node has of a topic in its files. May be read while it writes: what is there in part is not there yet. */
final class ReplicaFiles {

    private final Path shards;
    private final String topic;

    /** @param dataDirectory the node's */
    ReplicaFiles(Path dataDirectory, String topic) {
        this.shards = dataDirectory.resolve("shards");
        this.topic = topic;
    }

    /** The offset after the last message of a partition; 0 where there is none. */
    long end(int partition) throws IOException {
        List<Path> segments = segments(partition);
        // The newest may be empty as yet.
        for (int i = segments.size() - 1; i >= 0; i--) {
            TreeMap<Long, Integer> batches = new TreeMap<>();
            long end = scan(segments.get(i), batches);
            if (!batches.isEmpty()) {
                return end;
            }
        }
        return 0;
    }

    /** The checksum of each batch of a partition, over all of its bytes, by the offset of its first message. */
    TreeMap<Long, Integer> checksums(int partition) throws IOException {
        TreeMap<Long, Integer> batches = new TreeMap<>();
        for (Path segment : segments(partition)) {
            var unused = scan(segment, batches);
        }
        return batches;
    }

    /** The files of a partition, which one shard has, the oldest first. */
    private List<Path> segments(int partition) throws IOException {
        List<Path> segments = new ArrayList<>();
        for (Path shard : list(shards)) {
            for (Path directory : list(shard.resolve("topics"))) {
                if (directory.getFileName().toString().startsWith(topic + "-")) {
                    list(directory.resolve(Integer.toString(partition))).stream()
                            .filter(path -> path.getFileName().toString().endsWith(".log"))
                            .forEach(segments::add);
                }
            }
        }
        return segments;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** @return the offset after the last whole batch; 0 where there is none */
    private static long scan(Path segment, TreeMap<Long, Integer> batches) throws IOException {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
        } catch (NoSuchFileException e) {
            // Retention was here.
            return 0;
        }
        long end = 0;
        for (int at = 0; at < bytes.limit(); ) {
            int size = RecordBatch.frameSize(bytes, at);
            if (size < 0 || size > bytes.limit() - at) {
                return end;
            }
            ByteBuffer frame = bytes.slice(at, size);
            RecordBatch batch = RecordBatch.wrap(frame);
            if (batch.damage().isPresent()) {
                return end;
            }
            CRC32C crc = new CRC32C();
            crc.update(frame);
            batches.put(batch.baseOffset(), (int) crc.getValue());
            end = batch.nextOffset();
            at += size;
        }
        return end;
    }
}
