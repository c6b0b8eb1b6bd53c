package io.mq.system.cluster;

import java.util.List;

/** All nodes on this machine's loopback, with which nothing can be done. */
public final class LoopbackNetwork implements Network {

    @Override
    public String host(int node) {
        return "127.0.0.1";
    }

    @Override
    public List<String> enter(int node) {
        return List.of();
    }

    @Override
    public boolean canCut() {
        return false;
    }

    @Override
    public boolean canSlow() {
        return false;
    }

    @Override
    public void drop(int from, int to) {
        throw refused();
    }

    @Override
    public void isolate(int node) {
        throw refused();
    }

    @Override
    public void slow(int node) {
        throw refused();
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("the loopback cannot be cut; ask canCut() and canSlow() first");
    }

    @Override
    public void mend() {
        // Nothing can have been done.
    }

    @Override
    public void close() {
        // There is nothing of its own.
    }
}
