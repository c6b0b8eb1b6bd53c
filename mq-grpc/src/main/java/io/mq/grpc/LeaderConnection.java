package io.mq.grpc;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.error.BrokerException;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a client's connection to this node is to the leader: a connection for that client's calls alone. Were it shared,
 * the leader's limits on the calls and the resets of a connection would count all clients of this node as one, and one of
 * them could use them up for the others.
 *
 * <p>Everything happens on the thread that serves the client's connection, which serves the one to the leader, too.
 */
final class LeaderConnection {

    /** Longer than an election takes, when nothing else is wrong. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** For what a node that has stopped leading can still answer: where it is frozen, its callers wait for nothing. */
    private static final Duration ENDING = Duration.ofMillis(300);

    private final Forwarding forwarding;
    private final EventLoop loop;

    /** To the node that leads, as far as is known; null before the first call. */
    private Link link;

    /** All that are not closed: that above, and those of earlier leaders. */
    private final Set<Link> links = new HashSet<>();

    /** Calls that wait for a leader, or for a connection to it, and since when; the first to come first. */
    private final Map<ForwardedCall, Long> waiting = new LinkedHashMap<>();

    private final Set<ForwardedCall> reached = new LinkedHashSet<>();

    private boolean isTimerSet;

    /** Why no call is taken any more; null while they are. */
    private StatusRuntimeException closedFor;

    /** @param channel to that node */
    record Link(NodeAddresses leader, ManagedChannel channel) {

        /** What a caller is told of how its call has ended there. */
        Status explain(Status status, Metadata trailers) {
            boolean isItsOwnAnswer = status.getCode() != Code.UNAVAILABLE || StatusMapping.hasDetails(trailers);
            return isItsOwnAnswer ? status : lost(status.getDescription());
        }

        /** No reason of the broker's: those of this status say that nothing was stored. */
        private Status lost(String why) {
            return Status.UNAVAILABLE.withDescription(
                    "the connection to node '%s' at %s is lost, and what has become of the call there is not known: %s"
                            .formatted(leader.nodeId(), leader.grpc(), why));
        }
    }

    LeaderConnection(Forwarding forwarding, EventLoop loop) {
        this.forwarding = forwarding;
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    /** Runs it on the thread that serves the client: at once where this is that thread. */
    void run(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Takes a call, of which nothing has been read. */
    void begin(ForwardedCall call) {
        if (closedFor != null) {
            call.endNow(closedFor);
            return;
        }
        if (!forwarding.tryWait()) {
            call.endNow(forwarding.busy());
            return;
        }
        waiting.put(call, System.nanoTime());
        route(call);
        if (!isTimerSet && !waiting.isEmpty()) {
            setTimer(PATIENCE.toNanos());
        }
    }

    private void route(ForwardedCall call) {
        if (forwarding.leadership().isLeading()) {
            waitsNoLonger(call);
            call.serveHere();
            return;
        }
        forwarding.leadership().otherLeader().ifPresent(leader -> call.passOn(linkTo(leader)));
    }

    private void waitsNoLonger(ForwardedCall call) {
        if (waiting.remove(call) != null) {
            forwarding.waitIsOver();
        }
    }

    private Link linkTo(NodeAddresses leader) {
        if (link == null || !link.leader().equals(leader)) {
            retire();
            link = new Link(leader, forwarding.connect(leader.grpc(), loop));
            links.add(link);
        }
        return link;
    }

    /** The call was lost before it was there, and may begin once more. */
    void again(ForwardedCall call) {
        loop.execute(() -> {
            if (waiting.containsKey(call) && call.link() == null) {
                route(call);
            }
        });
    }

    /** The call is at the leader. */
    void reached(ForwardedCall call) {
        waitsNoLonger(call);
        reached.add(call);
    }

    void ended(ForwardedCall call) {
        waitsNoLonger(call);
        reached.remove(call);
    }

    /** To be run after each change: another node leads, or none, or this one. */
    void leadershipChanged() {
        if (closedFor != null) {
            return;
        }
        Optional<NodeAddresses> leader = forwarding.leadership().otherLeader();
        if (link != null && !leader.equals(Optional.of(link.leader()))) {
            retire();
        }
        for (ForwardedCall call : List.copyOf(waiting.keySet())) {
            if (call.link() == null || call.link() != link) {
                call.giveUpAttempt();
                route(call);
            }
        }
    }

    /** Has the calls to the node that led until now end: by themselves if that node can still see to it. */
    private void retire() {
        if (link == null) {
            return;
        }
        Link old = link;
        link = null;
        old.channel().shutdown();
        StatusRuntimeException reason = StatusMapping.toException(BrokerException.notLeading(
                "node '%s' leads no longer; call again".formatted(old.leader().nodeId())));
        callsTo(old).forEach(call -> call.endLater(reason));
        var unused = loop.schedule(() -> endNow(old), ENDING.toNanos(), TimeUnit.NANOSECONDS);
    }

    private List<ForwardedCall> callsTo(Link to) {
        return reached.stream().filter(call -> call.link() == to).toList();
    }

    private void endNow(Link old) {
        StatusRuntimeException reason =
                old.lost("it leads no longer, and has not answered").asRuntimeException();
        callsTo(old).forEach(call -> call.endNow(reason));
        old.channel().shutdownNow();
        links.remove(old);
    }

    private void setTimer(long nanos) {
        isTimerSet = true;
        var unused = loop.schedule(this::endImpatient, nanos, TimeUnit.NANOSECONDS);
    }

    private void endImpatient() {
        isTimerSet = false;
        long now = System.nanoTime();
        for (Map.Entry<ForwardedCall, Long> call : List.copyOf(waiting.entrySet())) {
            long left = call.getValue() + PATIENCE.toNanos() - now;
            if (left > 0) {
                setTimer(left);
                return;
            }
            call.getKey().endNow(whyItWaited(call.getKey()));
        }
    }

    private static StatusRuntimeException whyItWaited(ForwardedCall call) {
        String why = call.link() == null
                ? "no node leads at the moment: fewer than a majority of the cluster are there, or they are voting; call again"
                : "the leader, node '%s' at %s, cannot be reached from this node; call again, or another node"
                        .formatted(
                                call.link().leader().nodeId(),
                                call.link().leader().grpc());
        return StatusMapping.toException(BrokerException.notLeading(why));
    }

    /** Takes no more calls, refuses those that wait, and has streams end once they are answered. */
    void endAll(StatusRuntimeException reason) {
        closedFor = reason;
        List.copyOf(waiting.keySet()).forEach(call -> call.endNow(reason));
        List.copyOf(reached).forEach(call -> call.endLater(reason));
    }

    /** The client is gone, or the server stops. */
    void close() {
        StatusRuntimeException reason = StatusMapping.toException(BrokerException.shuttingDown("call another"));
        endAll(reason);
        List.copyOf(reached).forEach(call -> call.endNow(reason));
        links.forEach(open -> open.channel().shutdownNow());
        links.clear();
        link = null;
    }
}
