package io.mq.core.checkpoint;

import io.mq.core.state.Catalog;
import io.mq.core.state.StateDelta.DeletedTopic;
import io.mq.core.storage.SegmentLog;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** Frees the disk of deleted topics, once a checkpoint no longer knows them. */
final class DeletedTopics {

    private final ShardDirectory directory;

    DeletedTopics(ShardDirectory directory) {
        this.directory = directory;
    }

    void delete(DeletedTopic deleted) throws IOException {
        for (SegmentLog log : deleted.logs()) {
            log.delete();
        }
        directory.deleteTree(directory.topic(deleted.topic()));
    }

    /** Deletes the directories of topics that a crash kept from being deleted. */
    void deleteOrphans(Catalog catalog) throws IOException {
        Set<Path> known = catalog.topics().stream().map(directory::topic).collect(Collectors.toSet());
        for (Path path : directory.topicDirectories()) {
            if (!known.contains(path)) {
                directory.deleteTree(path);
            }
        }
    }
}
