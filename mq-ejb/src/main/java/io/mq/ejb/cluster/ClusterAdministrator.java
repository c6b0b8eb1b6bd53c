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
import java.util.TreeMap;
import java.util.TreeSet;
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

    private final ExecutorService operations;

    private record Connection(Peers peers, Supplier<NodeInfo> self) {}

    /** Null until this node is connected to the others. */
    private volatile Connection connection;

    ClusterAdministrator() {
        this.operations = ClusterThreads.few("mq-cluster-operations", THREADS, WAITING_MAX);
    }

    void connected(Peers peers, Supplier<NodeInfo> self) {
        connection = new Connection(peers, self);
    }

    @Override
    public CompletableFuture<ClusterDescription> describe() {
        return submit(() -> look().description());
    }

    @Override
    public CompletableFuture<ClusterDescription> drain(String nodeId) {
        return submit(() -> {
            ClusterPicture picture = look();
            requirePresent(picture, nodeId);
            for (String shard : picture.shards()) {
                Optional<String> voter = picture.voterOf(shard, nodeId);
                if (voter.isPresent() && !picture.canAgreeWithout(shard, voter.get(), picture.voterCount(shard))) {
                    throw BrokerException.of(
                            Reason.MAJORITY_AT_RISK,
                            "without node '%s', the others could not go on: too few of the %d are there and answer; bring them back first"
                                    .formatted(nodeId, picture.voterCount(shard)));
                }
            }
            ask(nodeId, new NodeRequest.SetDraining(true), PATIENCE);
            return awaitThat(
                            next -> next.presentNode(nodeId)
                                            .filter(NodeInfo::isDraining)
                                            .isPresent()
                                    && next.shards().stream()
                                            .allMatch(shard -> isLed(
                                                    next,
                                                    shard,
                                                    leader -> !leader.nodeId().equals(nodeId))),
                            "node '%s' is to lead nothing, but nobody has taken over from it yet".formatted(nodeId))
                    .description();
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
                    .description();
        });
    }

    @Override
    public CompletableFuture<ClusterDescription> remove(String nodeId) {
        return submit(() -> {
            ClusterPicture picture = look();
            if (!picture.members().contains(nodeId)) {
                throw noSuchNode(picture, nodeId);
            }
            Map<String, String> replicas = new TreeMap<>();
            for (String shard : picture.shards()) {
                picture.replicaOf(shard, nodeId).ifPresent(replica -> replicas.put(shard, replica));
                picture.voterOf(shard, nodeId)
                        .ifPresent(voter -> requireMajorityWithout(picture, shard, voter, nodeId));
            }
            replicas.forEach(this::remove);
            ClusterPicture after = awaitThat(
                    next -> next.shards().containsAll(replicas.keySet())
                            && !next.members().contains(nodeId),
                    "node '%s' was taken out, but not all have heard of it yet".formatted(nodeId));
            for (String replica : new TreeSet<>(replicas.values())) {
                // Where it does not hear of it, it will ask.
                var unused = connection.peers.ask(nodeId, new NodeRequest.Removed(replica).encoded(), PATIENCE);
            }
            return after.description();
        });
    }

    private static void requireMajorityWithout(ClusterPicture picture, String shard, String voter, String nodeId) {
        int left = picture.voterCount(shard) - 1;
        if (left == 0 || !picture.canAgreeWithout(shard, voter, left)) {
            throw BrokerException.of(
                    Reason.MAJORITY_AT_RISK,
                    "without node '%s', %d would be left, of which too few are there and answer to go on; add or bring back others first"
                            .formatted(nodeId, left));
        }
    }

    private void remove(String shard, String replica) {
        ClusterPicture picture = look();
        if (leader(picture, shard).peerId().equals(replica)) {
            handOverFrom(picture, shard, replica);
        }
        ask(leader(look(), shard).nodeId(), new NodeRequest.Remove(shard, replica), AGREEMENT);
    }

    private void handOverFrom(ClusterPicture picture, String shard, String voter) {
        Set<String> answering =
                picture.states().keySet().stream().map(NodeInfo::peerId).collect(Collectors.toSet());
        String next = picture.shard(shard)
                .flatMap(status -> status.nearest(answering))
                .orElseThrow(() -> notReady("no follower is known to be near the end of the log"));
        handOver(picture, shard, next);
        awaitThat(
                after -> isLed(after, shard, leader -> !leader.peerId().equals(voter)),
                "nobody has taken over the lead yet");
    }

    private void handOver(ClusterPicture picture, String shard, String peerId) {
        ask(leader(picture, shard).nodeId(), new NodeRequest.HandOver(shard, peerId), AGREEMENT);
    }

    @Override
    public CompletableFuture<ClusterDescription> transfer(String shard, String nodeId) {
        return submit(() -> {
            ClusterPicture picture = look();
            if (!picture.shards().contains(shard)) {
                throw BrokerException.of(
                        Reason.SHARD_NOT_FOUND,
                        "there is no shard '%s'; there is '%s'"
                                .formatted(shard, String.join("', '", picture.shards())));
            }
            NodeInfo next = requirePresent(picture, nodeId);
            if (picture.replicaOf(shard, nodeId).isPresent()
                    && picture.voterOf(shard, nodeId).isEmpty()) {
                throw notReady("node '%s' observes shard %s, and only who votes can lead; %s do"
                        .formatted(nodeId, shard, picture.votingNodes(shard)));
            }
            if (picture.voterOf(shard, nodeId).filter(next.peerId()::equals).isEmpty()) {
                throw notReady("node '%s' is no member yet; wait until it is ready".formatted(nodeId));
            }
            if (next.isDraining()) {
                throw notReady("node '%s' is draining; resume it first".formatted(nodeId));
            }
            if (!next.isFit()) {
                throw notReady("the disk of node '%s' is full, or it is behind the others; make room, or wait"
                        .formatted(nodeId));
            }
            if (!leader(picture, shard).nodeId().equals(nodeId)) {
                handOver(picture, shard, next.peerId());
            }
            return awaitThat(
                            after -> isLed(
                                    after, shard, leader -> leader.nodeId().equals(nodeId)),
                            "node '%s' does not lead yet".formatted(nodeId))
                    .description();
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
                .orElseThrow(() -> picture.members().contains(nodeId)
                        ? notReady("node '%s' is not there; start it first".formatted(nodeId))
                        : noSuchNode(picture, nodeId));
    }

    private static BrokerException noSuchNode(ClusterPicture picture, String nodeId) {
        return BrokerException.of(
                Reason.NODE_NOT_FOUND,
                "the cluster has no node '%s'; it has %s".formatted(nodeId, List.copyOf(picture.members())));
    }

    private static BrokerException notReady(String text) {
        return BrokerException.of(Reason.NODE_NOT_READY, text);
    }

    private static NodeInfo leader(ClusterPicture picture, String shard) {
        return picture.leader(shard)
                .orElseThrow(() -> BrokerException.notLeading(
                        "nobody leads shard %s at the moment; try again when somebody does".formatted(shard)));
    }

    /** Whether such a node leads, and is done with what earlier leaders have left. */
    private static boolean isLed(ClusterPicture picture, String shard, Predicate<NodeInfo> leader) {
        return picture.shard(shard).filter(ShardStatus::isLeading).isPresent()
                && picture.leader(shard).filter(leader).isPresent();
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
