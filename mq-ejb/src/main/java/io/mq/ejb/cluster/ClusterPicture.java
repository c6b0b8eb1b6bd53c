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
import java.util.stream.Collectors;

/**
 * What nodes have said of themselves, put together. Of the shard, the one knows most that has the latest term, and of
 * those the leader.
 *
 * @param present the nodes that are there; the first is the coordinator
 * @param states of those that have answered
 */
record ClusterPicture(NodeInfo self, List<NodeInfo> present, Map<NodeInfo, NodeState> states) {

    private static final String NO_ANSWER = "the node does not answer";

    Optional<ShardStatus> shard() {
        return states.values().stream()
                .flatMap(state -> state.shard().stream())
                .max(Comparator.comparingLong(ShardStatus::term).thenComparing(ShardStatus::isLeading));
    }

    /** The node that leads, where it is known and there. */
    Optional<NodeInfo> leader() {
        return shard().flatMap(ShardStatus::leader).flatMap(this::presentPeer);
    }

    Optional<NodeInfo> presentNode(String nodeId) {
        return present.stream().filter(node -> node.nodeId().equals(nodeId)).findFirst();
    }

    private Optional<NodeInfo> presentPeer(String peerId) {
        return present.stream().filter(node -> node.peerId().equals(peerId)).findFirst();
    }

    /** The voting replica of a node. */
    Optional<String> voterOf(String nodeId) {
        return voters().stream()
                .filter(peer -> ClusterIdentity.nodeOf(peer).equals(nodeId))
                .findFirst();
    }

    private Set<String> voters() {
        return shard().map(ShardStatus::voters).orElse(Set.of());
    }

    /** Whether so many voters answer that they can agree, not counting one of them. */
    boolean canAgreeWithout(String peerId, int votersThen) {
        long answering = states.keySet().stream()
                .filter(node -> !node.peerId().equals(peerId) && voters().contains(node.peerId()))
                .count();
        return answering > votersThen / 2;
    }

    int voterCount() {
        return voters().size();
    }

    ClusterDescription description(String shardName) {
        Map<String, Node> nodes = new TreeMap<>();
        voters().stream().map(ClusterIdentity::nodeOf).forEach(nodeId -> nodes.put(nodeId, absent(nodeId)));
        present.forEach(node -> nodes.put(node.nodeId(), node(node)));
        return new ClusterDescription(
                self.cluster().map(Object::toString),
                present.stream().findFirst().map(NodeInfo::nodeId),
                List.copyOf(nodes.values()),
                shard().map(shard -> List.of(shard(shardName, shard))).orElse(List.of()));
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
        for (String voter : shard.voters()) {
            boolean isLeader = shard.leader().filter(voter::equals).isPresent();
            OptionalLong lag = lags.containsKey(voter) ? OptionalLong.of(lags.get(voter)) : OptionalLong.empty();
            Role role = !answering.contains(voter) ? Role.ABSENT : isLeader ? Role.LEADER : Role.FOLLOWER;
            replicas.add(new Replica(ClusterIdentity.nodeOf(voter), role, isLeader ? OptionalLong.of(0) : lag));
        }
        replicas.sort(Comparator.comparing(Replica::nodeId));
        return new Shard(name, shard.term(), shard.leader().map(ClusterIdentity::nodeOf), List.copyOf(replicas));
    }
}
