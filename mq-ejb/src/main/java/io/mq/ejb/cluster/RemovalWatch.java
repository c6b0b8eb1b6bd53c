package io.mq.ejb.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
     * @param isLed whether this node's replicas are still counted, and know of a leader
     */
    void step(NodeInfo self, List<NodeInfo> members, boolean isLed) {
        long now = nanoClock.getAsLong();
        if (isLed || now - askedNanos < INTERVAL.toNanos()) {
            return;
        }
        askedNanos = now;
        byte[] question = new NodeRequest.AskState().encoded();
        for (NodeInfo member : members) {
            if (!member.nodeId().equals(self.nodeId())) {
                var unused = peers.ask(member.nodeId(), question, PATIENCE)
                        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .thenAccept(answer -> {
                            if (saysRemoved(answer, self.peerId())) {
                                isRemoved = true;
                            }
                        });
            }
        }
    }

    /** Only a leader knows, and only when no change is under way that may yet be undone. */
    private static boolean saysRemoved(byte[] answer, String peerId) {
        try {
            return NodeState.decode(answer).shards().values().stream()
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
