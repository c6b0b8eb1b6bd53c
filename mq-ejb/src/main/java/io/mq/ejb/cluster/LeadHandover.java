package io.mq.ejb.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a node does before it stops: gives the lead of its shards to others, so that nobody waits until it is missed. */
final class LeadHandover {

    private static final Logger LOG = System.getLogger(LeadHandover.class.getName());

    private static final long PATIENCE_SECONDS = 3;

    private LeadHandover() {}

    /**
     * Hands each shard that is led here over to the node that has most of its log: of those that may lead, or else of all.
     * Where nobody takes it over, the others will elect one.
     *
     * @param present the nodes that are there
     */
    static void run(List<ShardSeat> seats, List<NodeInfo> present) {
        Set<String> all = peers(present, node -> true);
        Set<String> fit = peers(present, NodeInfo::mayLead);
        List<CompletableFuture<Void>> handovers = new ArrayList<>();
        for (ShardSeat seat : seats) {
            handovers.add(start(seat.membership(), fit, all)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .handle((done, failure) -> {
                        if (failure != null) {
                            LOG.log(
                                    Level.INFO,
                                    "Nobody has taken over shard {0} from this node, the others will elect one: {1}",
                                    seat.shard(),
                                    failure.toString());
                        }
                        return null;
                    }));
        }
        CompletableFuture.allOf(handovers.toArray(CompletableFuture[]::new)).join();
    }

    private static CompletableFuture<Void> start(ShardMembership shard, Set<String> fit, Set<String> all) {
        try {
            ShardStatus status = shard.status();
            Optional<String> next = status.nearest(fit).or(() -> status.nearest(all));
            return status.isLeading() && next.isPresent()
                    ? shard.transfer(next.get())
                    : CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Its log has ended, so that nothing is led here", e);
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Set<String> peers(List<NodeInfo> nodes, Predicate<NodeInfo> which) {
        return nodes.stream().filter(which).map(NodeInfo::peerId).collect(Collectors.toSet());
    }
}
