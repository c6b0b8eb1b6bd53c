package io.mq.ejb.cluster;

import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterDescription.Node;
import io.mq.core.cluster.ClusterDescription.Replica;
import io.mq.core.cluster.ClusterDescription.Role;
import io.mq.core.cluster.ClusterDescription.Shard;
import io.mq.core.cluster.NodeAddresses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What nodes have said of themselves, put together. Of a shard, the one knows most that has the latest term, and of those
 * the leader.
 *
 * @param present the nodes that are there; the first of those that keep replicas is the coordinator
 * @param states of those that have answered
 */
record ClusterPicture(NodeInfo self, List<NodeInfo> present, Map<NodeInfo, NodeState> states) {

    private static final String NO_ANSWER = "the node does not answer";

    /** The names of all shards that somebody keeps a replica of, the first first. */
    Set<String> shards() {
        Set<String> names = new TreeSet<>(Comparator.comparing(Integer::valueOf));
        states.values().forEach(state -> names.addAll(state.shards().keySet()));
        return names;
    }

    Optional<ShardStatus> shard(String name) {
        return states.values().stream()
                .flatMap(state -> state.shard(name).stream())
                .max(Comparator.comparingLong(ShardStatus::term).thenComparing(ShardStatus::isLeading));
    }

    /** The node that leads a shard, where it is known and there. */
    Optional<NodeInfo> leader(String shard) {
        return shard(shard).flatMap(ShardStatus::leader).flatMap(this::presentPeer);
    }

    Optional<NodeInfo> presentNode(String nodeId) {
        return present.stream().filter(node -> node.nodeId().equals(nodeId)).findFirst();
    }

    private Optional<NodeInfo> presentPeer(String peerId) {
        return present.stream().filter(node -> node.peerId().equals(peerId)).findFirst();
    }

    /** The nodes that keep replicas. */
    Set<String> members() {
        return shards().stream()
                .flatMap(shard -> replicas(shard).stream())
                .map(ClusterIdentity::nodeOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> replicas(String shard) {
        return shard(shard).map(ShardStatus::replicas).orElse(Set.of());
    }

    /** A node's replica of a shard, whether it votes or not. */
    Optional<String> replicaOf(String shard, String nodeId) {
        return ofNode(replicas(shard), nodeId);
    }

    private Set<String> voters(String shard) {
        return shard(shard).map(ShardStatus::voters).orElse(Set.of());
    }

    /** A node's voting replica of a shard. */
    Optional<String> voterOf(String shard, String nodeId) {
        return ofNode(voters(shard), nodeId);
    }

    private static Optional<String> ofNode(Set<String> peers, String nodeId) {
        return peers.stream()
                .filter(peer -> ClusterIdentity.nodeOf(peer).equals(nodeId))
                .findFirst();
    }

    /** Whether so many voters of a shard answer that they can agree, not counting one of them. */
    boolean canAgreeWithout(String shard, String peerId, int votersThen) {
        long answering = states.keySet().stream()
                .filter(node -> !node.peerId().equals(peerId) && voters(shard).contains(node.peerId()))
                .count();
        return answering > votersThen / 2;
    }

    List<String> votingNodes(String shard) {
        return voters(shard).stream().map(ClusterIdentity::nodeOf).toList();
    }

    int voterCount(String shard) {
        return voters(shard).size();
    }

    ClusterDescription description() {
        Map<String, Node> nodes = new TreeMap<>();
        members().forEach(nodeId -> nodes.put(nodeId, absent(nodeId)));
        present.forEach(node -> nodes.put(node.nodeId(), node(node)));
        return new ClusterDescription(
                self.cluster().map(Object::toString),
                coordinator(),
                List.copyOf(nodes.values()),
                shards().stream()
                        .flatMap(name -> shard(name).map(shard -> shard(name, shard)).stream())
                        .toList());
    }

    private Optional<String> coordinator() {
        Set<String> members = members();
        return present.stream().map(NodeInfo::nodeId).filter(members::contains).findFirst();
    }

    private static Node absent(String nodeId) {
        return new Node(
                new NodeAddresses(nodeId, "", ""),
                false,
                false,
                "",
                OptionalLong.empty(),
                List.of("the node is not there"));
    }

    private Node node(NodeInfo info) {
        NodeState state = states.get(info);
        return state == null
                ? new Node(info.addresses(), true, info.isDraining(), "", OptionalLong.empty(), List.of(NO_ANSWER))
                : new Node(
                        info.addresses(),
                        true,
                        info.isDraining(),
                        state.version(),
                        OptionalLong.of(state.usableDiskBytes()),
                        state.problems());
    }

    private Shard shard(String name, ShardStatus shard) {
        Set<String> answering = states.keySet().stream().map(NodeInfo::peerId).collect(Collectors.toSet());
        Map<String, Long> lags = shard.lags();
        List<Replica> replicas = new ArrayList<>();
        for (String peer : shard.replicas()) {
            boolean isLeader = shard.leader().filter(peer::equals).isPresent();
            OptionalLong lag = lags.containsKey(peer) ? OptionalLong.of(lags.get(peer)) : OptionalLong.empty();
            Role followed = shard.voters().contains(peer) ? Role.FOLLOWER : Role.OBSERVER;
            Role role = !answering.contains(peer) ? Role.ABSENT : isLeader ? Role.LEADER : followed;
            replicas.add(new Replica(ClusterIdentity.nodeOf(peer), role, isLeader ? OptionalLong.of(0) : lag));
        }
        replicas.sort(Comparator.comparing(Replica::nodeId));
        return new Shard(name, shard.term(), shard.leader().map(ClusterIdentity::nodeOf), List.copyOf(replicas));
    }
}
