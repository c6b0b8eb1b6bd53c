package io.mq.ejb.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds out that this node's replicas were taken out while it could not hear of it: nobody sends it anything any more, not
 * even that. So it asks, while it hears of no leader. Confined to one thread.
 */
final class RemovalWatch {

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Peers peers;
    private final LongSupplier nanoClock;

    private long askedNanos;

    /** Set by threads that bring answers. */
    private volatile boolean isRemoved;

    RemovalWatch(Peers peers, LongSupplier nanoClock) {
        this.peers = peers;
        this.nanoClock = nanoClock;
        this.askedNanos = nanoClock.getAsLong();
    }

    /**
     * Asks the others now and then; what they say is known a while later.
     *
     * @param unheard the shards of which this node has, or should have, a replica that hears of no leader
     */
    void step(NodeInfo self, List<NodeInfo> members, Set<String> unheard) {
        long now = nanoClock.getAsLong();
        if (unheard.isEmpty() || now - askedNanos < INTERVAL.toNanos()) {
            return;
        }
        askedNanos = now;
        byte[] question = new NodeRequest.AskState().encoded();
        for (NodeInfo member : members) {
            if (!member.nodeId().equals(self.nodeId())) {
                var unused = peers.ask(member.nodeId(), question, PATIENCE)
                        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .thenAccept(answer -> {
                            if (saysRemoved(answer, self.peerId(), unheard)) {
                                isRemoved = true;
                            }
                        });
            }
        }
    }

    /** Only a leader knows, and only when no change is under way that may yet be undone. */
    private static boolean saysRemoved(byte[] answer, String peerId, Set<String> unheard) {
        try {
            NodeState state = NodeState.decode(answer);
            return unheard.stream()
                    .flatMap(name -> state.shard(name).stream())
                    .filter(shard -> shard.isLeading() && shard.isSettled())
                    .anyMatch(shard -> !shard.replicas().contains(peerId));
        } catch (IOException e) {
            return false;
        }
    }

    boolean isRemoved() {
        return isRemoved;
    }
}
