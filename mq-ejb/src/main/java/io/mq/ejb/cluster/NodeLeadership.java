package io.mq.ejb.cluster;

import io.mq.core.cluster.Leadership;
import io.mq.core.cluster.NodeAddresses;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is known of the leader, kept for whoever asks. One thread updates. */
final class NodeLeadership implements Leadership {

    private record State(boolean isLeading, Optional<NodeAddresses> other) {}

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(false, Optional.empty());

    /** @return whether anything has changed */
    boolean update(boolean isLeading, Optional<NodeAddresses> other) {
        State next = new State(isLeading, isLeading ? Optional.empty() : other);
        if (next.equals(state)) {
            return false;
        }
        state = next;
        listeners.forEach(Runnable::run);
        return true;
    }

    @Override
    public boolean isLeading() {
        return state.isLeading;
    }

    @Override
    public Optional<NodeAddresses> otherLeader() {
        return state.other;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
