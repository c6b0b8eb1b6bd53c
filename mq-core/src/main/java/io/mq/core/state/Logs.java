package io.mq.core.state;

import io.mq.core.message.PartitionId;
import io.mq.core.storage.SegmentLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The log of every partition. Changed by the state machine's thread, read by any. */
public final class Logs {

    private final Map<PartitionId, SegmentLog> byPartition = new ConcurrentHashMap<>();

    /** Empty where the partition was deleted, or has yet to be created. */
    public Optional<SegmentLog> find(PartitionId partition) {
        return Optional.ofNullable(byPartition.get(partition));
    }

    public Collection<SegmentLog> all() {
        return byPartition.values();
    }

    void put(PartitionId partition, SegmentLog log) {
        byPartition.put(partition, log);
    }

    List<SegmentLog> removeTopic(int topicId) {
        List<SegmentLog> removed = new ArrayList<>();
        byPartition.entrySet().removeIf(entry -> {
            boolean isOfTopic = entry.getKey().topicId() == topicId;
            if (isOfTopic) {
                removed.add(entry.getValue());
            }
            return isOfTopic;
        });
        return removed;
    }
}
