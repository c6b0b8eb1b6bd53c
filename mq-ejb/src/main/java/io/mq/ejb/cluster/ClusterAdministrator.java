package io.mq.ejb.cluster;

import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Does for operators what they ask of the cluster, by asking the nodes that it concerns. Before it changes something, it
 * looks at the cluster as it is at the moment; what changes a shard's replicas is agreed upon by these.
 *
 * <p>Safe for use by any thread.
 */
final class ClusterAdministrator implements ClusterOperations, Closeable {

    private static final int THREADS = 4;
    private static final int WAITING_MAX = 100;
    private static final long STOP_SECONDS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** For what the replicas have to agree upon. */
    private static final Duration AGREEMENT = Duration.ofSeconds(12);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final String shard;
    private final ExecutorService operations;

    private record Connection(Peers peers, Supplier<NodeInfo> self) {}

    /** Null until this node is connected to the others. */
    private volatile Connection connection;

    ClusterAdministrator(String shard) {
        this.shard = shard;
        this.operations = ClusterThreads.few("mq-cluster-operations", THREADS, WAITING_MAX);
    }

    void connected(Peers peers, Supplier<NodeInfo> self) {
        connection = new Connection(peers, self);
    }

    @Override
    public CompletableFuture<ClusterDescription> describe() {
        return submit(() -> look().description(shard));
    }

    @Override
    public CompletableFuture<ClusterDescription> drain(String nodeId) {
        return submit(() -> {
            ClusterPicture picture = look();
            requirePresent(picture, nodeId);
            Optional<String> voter = picture.voterOf(nodeId);
            if (voter.isPresent() && !picture.canAgreeWithout(voter.get(), picture.voterCount())) {
                throw BrokerException.of(
                        Reason.MAJORITY_AT_RISK,
                        "without node '%s', the others could not go on: too few of the %d are there and answer; bring them back first"
                                .formatted(nodeId, picture.voterCount()));
            }
            ask(nodeId, new NodeRequest.SetDraining(true), PATIENCE);
            return awaitThat(
                            next -> next.presentNode(nodeId)
                                            .filter(NodeInfo::isDraining)
                                            .isPresent()
                                    && isLed(next, leader -> !leader.nodeId().equals(nodeId)),
                            "node '%s' is to lead nothing, but nobody has taken over from it yet".formatted(nodeId))
                    .description(shard);
        });
    }

    @Override
    public CompletableFuture<ClusterDescription> resume(String nodeId) {
        return submit(() -> {
            requirePresent(look(), nodeId);
            ask(nodeId, new NodeRequest.SetDraining(false), PATIENCE);
            return awaitThat(
                            next -> next.presentNode(nodeId)
                                    .filter(node -> !node.isDraining())
                                    .isPresent(),
                            "node '%s' has not said yet that it may lead again".formatted(nodeId))
                    .description(shard);
        });
    }

    @Override
    public CompletableFuture<ClusterDescription> remove(String nodeId) {
        return submit(() -> {
            ClusterPicture picture = look();
            String voter = picture.voterOf(nodeId).orElseThrow(() -> noSuchNode(picture, nodeId));
            int left = picture.voterCount() - 1;
            if (left == 0 || !picture.canAgreeWithout(voter, left)) {
                throw BrokerException.of(
                        Reason.MAJORITY_AT_RISK,
                        "without node '%s', %d would be left, of which too few are there and answer to go on; add or bring back others first"
                                .formatted(nodeId, left));
            }
            if (leader(picture).peerId().equals(voter)) {
                handOverFrom(picture, voter);
            }
            ask(leader(look()).nodeId(), new NodeRequest.Remove(voter), AGREEMENT);
            ClusterPicture after = awaitThat(
                    next -> next.shard().isPresent() && next.voterOf(nodeId).isEmpty(),
                    "node '%s' was taken out, but not all have heard of it yet".formatted(nodeId));
            // Where it does not hear of it, it will ask.
            var unused = connection.peers.ask(nodeId, new NodeRequest.Removed(voter).encoded(), PATIENCE);
            return after.description(shard);
        });
    }

    private void handOverFrom(ClusterPicture picture, String voter) {
        Set<String> answering =
                picture.states().keySet().stream().map(NodeInfo::peerId).collect(Collectors.toSet());
        String next = picture.shard()
                .flatMap(shard -> shard.nearest(answering))
                .orElseThrow(() -> notReady("no follower is known to be near the end of the log"));
        handOver(picture, next);
        awaitThat(
                after -> isLed(after, leader -> !leader.peerId().equals(voter)), "nobody has taken over the lead yet");
    }

    private void handOver(ClusterPicture picture, String peerId) {
        ask(leader(picture).nodeId(), new NodeRequest.HandOver(peerId), AGREEMENT);
    }

    @Override
    public CompletableFuture<ClusterDescription> transfer(String shardName, String nodeId) {
        return submit(() -> {
            if (!shardName.equals(shard)) {
                throw BrokerException.of(
                        Reason.SHARD_NOT_FOUND, "there is no shard '%s'; there is '%s'".formatted(shardName, shard));
            }
            ClusterPicture picture = look();
            NodeInfo next = requirePresent(picture, nodeId);
            if (picture.voterOf(nodeId).filter(next.peerId()::equals).isEmpty()) {
                throw notReady("node '%s' is no member yet; wait until it is ready".formatted(nodeId));
            }
            if (next.isDraining()) {
                throw notReady("node '%s' is draining; resume it first".formatted(nodeId));
            }
            if (!next.hasRoom()) {
                throw notReady("the disk of node '%s' is full; make room first".formatted(nodeId));
            }
            if (!leader(picture).nodeId().equals(nodeId)) {
                handOver(picture, next.peerId());
            }
            return awaitThat(
                            after -> isLed(after, leader -> leader.nodeId().equals(nodeId)),
                            "node '%s' does not lead yet".formatted(nodeId))
                    .description(shard);
        });
    }

    private CompletableFuture<ClusterDescription> submit(Callable<ClusterDescription> operation) {
        return ClusterThreads.call(
                operations,
                operation,
                () -> BrokerException.of(
                        Reason.BROKER_BUSY, "too many operations on the cluster are under way; wait for them"));
    }

    private ClusterPicture look() {
        Connection current = connection;
        if (current == null) {
            throw BrokerException.notLeading("this node is not connected to the others of its cluster yet; ask again");
        }
        NodeInfo self = current.self.get();
        List<NodeInfo> present = current.peers.present();
        Map<NodeInfo, NodeState> states =
                Poll.of(current.peers, present, new NodeRequest.AskState(), PATIENCE, NodeState::decode);
        return new ClusterPicture(self, present, states);
    }

    private static NodeInfo requirePresent(ClusterPicture picture, String nodeId) {
        return picture.presentNode(nodeId)
                .orElseThrow(() -> picture.voterOf(nodeId).isPresent()
                        ? notReady("node '%s' is not there; start it first".formatted(nodeId))
                        : noSuchNode(picture, nodeId));
    }

    private static BrokerException noSuchNode(ClusterPicture picture, String nodeId) {
        return BrokerException.of(
                Reason.NODE_NOT_FOUND,
                "the cluster has no node '%s'; it has %s"
                        .formatted(
                                nodeId,
                                picture.shard().map(ShardStatus::voters).orElse(Set.of()).stream()
                                        .map(ClusterIdentity::nodeOf)
                                        .toList()));
    }

    private static BrokerException notReady(String text) {
        return BrokerException.of(Reason.NODE_NOT_READY, text);
    }

    private static NodeInfo leader(ClusterPicture picture) {
        return picture.leader()
                .orElseThrow(
                        () -> BrokerException.notLeading("nobody leads at the moment; try again when somebody does"));
    }

    /** Whether such a node leads, and is done with what earlier leaders have left. */
    private static boolean isLed(ClusterPicture picture, Predicate<NodeInfo> leader) {
        return picture.shard().filter(ShardStatus::isLeading).isPresent()
                && picture.leader().filter(leader).isPresent();
    }

    /** Looks again and again until it is so. */
    private ClusterPicture awaitThat(Predicate<ClusterPicture> condition, String otherwise) {
        long end = System.nanoTime() + AGREEMENT.toNanos();
        while (true) {
            ClusterPicture picture = look();
            if (condition.test(picture)) {
                return picture;
            }
            if (System.nanoTime() - end > 0) {
                throw BrokerException.of(
                        Reason.OUTCOME_UNKNOWN, otherwise + "; describe the cluster to see what has become of it");
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private void ask(String nodeId, NodeRequest request, Duration patience) {
        try {
            var unused =
                    connection.peers.ask(nodeId, request.encoded(), patience).join();
        } catch (CompletionException e) {
            throw notReady("node '%s' has not done it: %s; describe the cluster, then try again"
                    .formatted(nodeId, e.getCause().getMessage()));
        }
    }

    @Override
    public void close() {
        ClusterThreads.stop(operations, STOP_SECONDS);
    }
}
