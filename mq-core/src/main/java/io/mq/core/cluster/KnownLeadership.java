package io.mq.core.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is known of the leader, kept for whoever asks; at first, that nobody leads. One thread at a time updates. */
public class KnownLeadership implements Leadership {

    private record State(boolean isLeading, Optional<NodeAddresses> other) {}

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(false, Optional.empty());

    /**
     * @param other ignored where this node leads
     * @return whether anything has changed
     */
    public final boolean update(boolean isLeading, Optional<NodeAddresses> other) {
        State next = new State(isLeading, isLeading ? Optional.empty() : other);
        if (next.equals(state)) {
            return false;
        }
        state = next;
        listeners.forEach(Runnable::run);
        return true;
    }

    @Override
    public final boolean isLeading() {
        return state.isLeading;
    }

    @Override
    public final Optional<NodeAddresses> otherLeader() {
        return state.other;
    }

    @Override
    public final void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
