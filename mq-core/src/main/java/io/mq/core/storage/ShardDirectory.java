package io.mq.core.storage;

import io.mq.core.file.Disk;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a node keeps what belongs to one shard; {@link DataDirectory} shows the layout. What the first shard keeps beside
 * its segments lies where a node without a cluster has it, which may become the first of one.
 *
 * @param shard its number, from 0 on
 * @param root of the data directory
 */
public record ShardDirectory(Disk disk, Path root, int shard) {

    /** Leaves room for the id behind it: a directory entry has at most 255 bytes on common file systems. */
    private static final int TOPIC_NAME_CHARS_MAX = 200;

    private Path own() {
        return root.resolve("shards").resolve(Integer.toString(shard));
    }

    private Path place(String name) {
        return (shard == 0 ? root : own()).resolve(name);
    }

    /** Commands since the last checkpoint, where the node has no cluster. */
    public Path journal() {
        return place("journal");
    }

    public Path checkpoint() {
        return place("checkpoint");
    }

    /** Where a checkpoint of another node is put together that is to replace what is here. */
    public Path incoming() {
        return place("incoming");
    }

    /** Where is what other nodes fetch of a checkpoint, beside the segments. */
    public Path outgoing() {
        return place("outgoing");
    }

    /** Where the directories of all topics are. */
    public Path topics() {
        return own().resolve("topics");
    }

    /** Where a topic's partitions are; the id keeps a recreated topic, and names that differ in case only, apart. */
    public Path topic(Topic topic) {
        String name = topic.name();
        String shown = name.length() <= TOPIC_NAME_CHARS_MAX ? name : name.substring(0, TOPIC_NAME_CHARS_MAX);
        return topics().resolve(shown + "-" + topic.id());
    }

    public Path partition(Topic topic, PartitionId partition) {
        return topic(topic).resolve(Integer.toString(partition.partition()));
    }

    /** The directories of topics, whether or not the catalog still knows them. */
    public List<Path> topicDirectories() throws IOException {
        return disk.list(topics());
    }

    public void deleteTree(Path path) throws IOException {
        disk.deleteTree(path);
    }
}
