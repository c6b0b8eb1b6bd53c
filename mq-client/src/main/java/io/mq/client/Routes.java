package io.mq.client;

import io.grpc.ManagedChannel;
import io.mq.proto.Leader;
import java.util.ArrayList;
import java.util.List;

/**
 * The way to each shard's leader. What is of no shard in particular goes to the first one's.
 *
 * <p>Confined to the loop, but for {@link #first}.
 */
final class Routes {

    private final ManagedChannel any;
    private final Channels channels;
    private final ClientLoop loop;
    private final Route first;

    /** By shard. */
    private final List<Route> all = new ArrayList<>();

    /** What a server has said last; null before that. */
    private Leader latest;

    private boolean isKnown;

    /** @param any to whichever server takes the connection */
    Routes(ManagedChannel any, Channels channels, ClientLoop loop) {
        this.any = any;
        this.channels = channels;
        this.loop = loop;
        this.first = new Route(any, channels, loop);
        all.add(first);
    }

    /** Of any thread. */
    Route first() {
        return first;
    }

    Route of(int shard) {
        while (all.size() <= shard) {
            Route route = new Route(any, channels, loop);
            all.add(route);
            if (latest != null) {
                tell(route, all.size() - 1);
            } else if (isKnown) {
                route.known();
            }
        }
        return all.get(shard);
    }

    void learn(Leader leader) {
        latest = leader;
        for (int shard = 0; shard < all.size(); shard++) {
            tell(all.get(shard), shard);
        }
    }

    /** A server of an earlier version tells of one leader. */
    private void tell(Route route, int shard) {
        boolean isToldOf = shard > 0 && shard <= latest.getOthersCount();
        String nodeId = isToldOf ? latest.getOthers(shard - 1).getNodeId() : latest.getNodeId();
        String address = isToldOf ? latest.getOthers(shard - 1).getGrpcAddress() : latest.getGrpcAddress();
        if (nodeId.isEmpty()) {
            // Whoever led until now may still be at it: nobody is to move before there is another.
            route.known();
        } else {
            route.leaderIs(address);
        }
    }

    /** No more is to be learned for the time being. */
    void known() {
        isKnown = true;
        all.forEach(Route::known);
    }

    /** Has all streams leave the server that any goes to, which says nothing any more. */
    void leaveAny() {
        any.enterIdle();
        all.forEach(Route::leaveAny);
    }

    /** Has nobody connect any more. What is open, its owner ends. */
    void close() {
        all.forEach(Route::close);
    }
}
