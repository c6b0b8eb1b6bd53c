package io.mq.core.broker;

import io.mq.core.delivery.Subscriptions;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.StateListener;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/** Passes what happens to the state on to those whom it concerns. */
final class StateChangeRelay implements StateListener {

    private static final Logger LOG = System.getLogger(StateChangeRelay.class.getName());

    private final Subscriptions subscriptions;
    private final Figures figures;
    private final Executor upkeep;

    StateChangeRelay(Subscriptions subscriptions, Figures figures, Executor upkeep) {
        this.subscriptions = subscriptions;
        this.figures = figures;
        this.upkeep = upkeep;
    }

    @Override
    public void advanced(PartitionId partition, long end) {
        subscriptions.advanced(partition);
    }

    @Override
    public void topicChanged(Topic topic) {
        subscriptions.topicChanged(topic);
    }

    @Override
    public void topicDeleted(Topic topic) {
        subscriptions.topicDeleted(topic);
        figures.remove(topic);
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
