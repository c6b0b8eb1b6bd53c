package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.cluster.NodeAddresses;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever nodes start in whatever order, one of them forms a cluster, and no second one is formed. */
class FirstStepTest {

    private static final UUID CLUSTER = UUID.fromString("6c2cd3a1-8d5e-4f0e-9f30-0c6e4f1f6d01");

    private static final NodeInfo A = node("a");
    private static final NodeInfo B = node("b");
    private static final NodeInfo C = node("c");
    private static final NodeInfo D = node("d");

    private static NodeInfo node(String id) {
        return new NodeInfo(
                new NodeAddresses(id, "grpc", "http"),
                id + ".1",
                Optional.empty(),
                id + ":7800",
                "raft",
                false,
                false,
                true,
                1);
    }

    private static NodeInfo withData(NodeInfo node) {
        return new NodeInfo(
                node.addresses(),
                node.peerId(),
                node.cluster(),
                node.clusterAddress(),
                node.raftAddress(),
                true,
                false,
                true,
                1);
    }

    private static ClusterConfig listed() {
        List<HostAndPort> seeds = Stream.of("a", "b", "c")
                .map(host -> new HostAndPort(host, 7800))
                .toList();
        return ClusterConfigs.plain("any", seeds.get(0), seeds);
    }

    private static ClusterConfig named() {
        return ClusterConfigs.named("any", new HostAndPort("any", 7800), "mq.example", 3);
    }

    private static void assertWaits(FirstStep step, String reason) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        FirstStep.Wait.class, wait -> assertThat(wait.reason()).contains(reason));
    }

    private static List<NodeInfo> forming(List<NodeInfo> present, ClusterConfig config) {
        List<NodeInfo> forming = new ArrayList<>();
        for (NodeInfo node : present) {
            if (FirstStep.of(node, present, 0, config) instanceof FirstStep.Form) {
                forming.add(node);
            }
        }
        return forming;
    }

    @Test
    void oneOfAllListedNodesForms() {
        assertThat(forming(List.of(C, A, B), listed())).containsExactly(A);
        assertWaits(FirstStep.of(A, List.of(A, C), 0, listed()), "b:7800 is missing");
        assertWaits(FirstStep.of(B, List.of(C, A, B), 0, listed()), "the node at a:7800 is about to form");
    }

    @Test
    void oneOfAsManyNodesAsWereSetForms() {
        assertThat(forming(List.of(C, B, D), named())).containsExactly(B);
        assertWaits(FirstStep.of(D, List.of(C, B, D), 0, named()), "the node at b:7800 is about to form");
    }

    @Test
    void fewerNodesThanWereSetWait() {
        assertWaits(
                FirstStep.of(A, List.of(A, B), 0, named()), "3 nodes have to be there (mq.cluster.size), and 2 are");
        assertWaits(FirstStep.of(A, List.of(A), 0, named()), "and 1 is");
    }

    @Test
    void moreNodesThanWereSetWait() {
        assertThat(forming(List.of(A, B, C, D), named())).isEmpty();
        assertWaits(FirstStep.of(A, List.of(A, B, C, D), 0, named()), "stop those beyond");
        assertWaits(FirstStep.of(A, List.of(A, B, C), 1, named()), "stop those beyond");
    }

    @Test
    void nodeThatHasNotSaidWhoItIsMayBeInACluster() {
        assertWaits(FirstStep.of(A, List.of(A, B), 1, named()), "1 of the nodes");
    }

    @Test
    void nodeWithDataFormsAndTheOthersLeaveItToThat() {
        NodeInfo holder = withData(C);
        for (ClusterConfig config : List.of(listed(), named())) {
            assertThat(forming(List.of(A, B, holder), config)).containsExactly(holder);
            assertWaits(FirstStep.of(A, List.of(A, B, holder), 0, config), "node c is about to form");
        }
    }

    @Test
    void clusterThatIsThereIsJoined() {
        List<NodeInfo> present = List.of(A, B.withCluster(CLUSTER), C, D);
        for (ClusterConfig config : List.of(listed(), named())) {
            assertThat(FirstStep.of(A, present, 0, config)).isEqualTo(new FirstStep.Join(CLUSTER));
            assertWaits(FirstStep.of(withData(A), present, 0, config), "start it with an empty data directory");
        }
    }

    @Test
    void nodesThatTakeTheirClusterToHaveOtherShardsWait() {
        NodeInfo other = new NodeInfo(
                C.addresses(), C.peerId(), C.cluster(), C.clusterAddress(), C.raftAddress(), false, false, true, 3);
        assertThat(FirstStep.of(A, List.of(A, B, other), 0, listed()))
                .isInstanceOfSatisfying(
                        FirstStep.Wait.class,
                        wait -> assertThat(wait.reason())
                                .contains("node c has mq.cluster.shards=3 and this node mq.cluster.shards=1"));
    }
}
