package io.mq.core.state;

import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.SegmentLog;

/** Told what became visible. Called on the state machine's thread; must return at once. */
public interface StateListener {

    StateListener NONE = new StateListener() {
        @Override
        public void advanced(PartitionId partition, long end) {}

        @Override
        public void topicChanged(Topic topic) {}

        @Override
        public void topicDeleted(Topic topic) {}

        @Override
        public void startAdvanced(SegmentLog log) {}

        @Override
        public void groupMoved(String group, PartitionId partition, long offset) {}
    };

    /** Readers now see records up to {@code end}. */
    void advanced(PartitionId partition, long end);

    /** The topic is new, or has more partitions or another configuration than before. */
    void topicChanged(Topic topic);

    void topicDeleted(Topic topic);

    /** The log's start moved; files of it may have become obsolete. */
    void startAdvanced(SegmentLog log);

    /** A seek has moved what a group has committed in a partition. */
    void groupMoved(String group, PartitionId partition, long offset);
}
