package io.mq.grpc;

import io.mq.core.cluster.Leadership;
import io.mq.core.cluster.NodeAddresses;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Says of a node's cluster what a test wants to be so; at first, that nobody leads. */
final class SwitchedLeadership implements Leadership {

    private record State(boolean isLeading, Optional<NodeAddresses> other) {}

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(false, Optional.empty());

    void nobodyLeads() {
        set(new State(false, Optional.empty()));
    }

    void thisNodeLeads() {
        set(new State(true, Optional.empty()));
    }

    void leads(String nodeId, InetSocketAddress grpc) {
        set(new State(false, Optional.of(new NodeAddresses(nodeId, NetUtil.toSocketAddressString(grpc), ""))));
    }

    private void set(State next) {
        state = next;
        listeners.forEach(Runnable::run);
    }

    @Override
    public boolean isLeading() {
        return state.isLeading();
    }

    @Override
    public Optional<NodeAddresses> otherLeader() {
        return state.other();
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
