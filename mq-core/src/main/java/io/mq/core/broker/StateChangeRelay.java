package io.mq.core.broker;

import io.mq.core.delivery.Subscriptions;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.StateListener;
import io.mq.core.state.StateView;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/** Passes what happens to a shard's state on to those whom it concerns. */
final class StateChangeRelay implements StateListener {

    private static final Logger LOG = System.getLogger(StateChangeRelay.class.getName());

    private final boolean isCatalog;
    private final Figures figures;
    private final Executor upkeep;

    /** Set before anything happens. */
    private volatile StateView state;

    private volatile Subscriptions subscriptions;

    /** @param isCatalog whether it is the shard that has the catalog */
    StateChangeRelay(boolean isCatalog, Figures figures, Executor upkeep) {
        this.isCatalog = isCatalog;
        this.figures = figures;
        this.upkeep = upkeep;
    }

    /** To be called once all shards are there, and before anything happens to one of them. */
    void connect(StateView all, Subscriptions readers) {
        state = all;
        subscriptions = readers;
    }

    @Override
    public void advanced(PartitionId partition, long end) {
        subscriptions.advanced(partition);
    }

    @Override
    public void topicChanged(Topic topic) {
        state.topic(topic.id()).ifPresent(subscriptions::topicChanged);
    }

    @Override
    public void topicDeleted(Topic topic) {
        if (isCatalog) {
            subscriptions.topicDeleted(topic);
            figures.remove(topic);
        } else {
            subscriptions.topicReplaced(topic);
        }
    }

    @Override
    public void groupMoved(String group, PartitionId partition, long offset) {
        subscriptions.groupMoved(group, partition, offset);
    }

    @Override
    public void startAdvanced(SegmentLog log) {
        upkeep.execute(() -> {
            try {
                log.deleteObsolete();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "Could not delete expired segments; the next checkpoint tries again", e);
            }
        });
    }
}
