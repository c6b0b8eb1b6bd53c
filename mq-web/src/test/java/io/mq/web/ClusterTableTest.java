package io.mq.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterDescription.Node;
import io.mq.core.cluster.ClusterDescription.Replica;
import io.mq.core.cluster.ClusterDescription.Role;
import io.mq.core.cluster.ClusterDescription.Shard;
import io.mq.core.cluster.NodeAddresses;
import io.mq.web.ClusterJson.Cluster;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ClusterTableTest {

    @Test
    void saysWhoLeadsHowFarOthersAreAndWhatIsWrong() {
        ClusterDescription cluster = new ClusterDescription(
                Optional.of("c1"),
                Optional.of("n1"),
                List.of(
                        node("n1", true, false, OptionalLong.of(12_340_000_000L), List.of()),
                        node("n2", true, true, OptionalLong.of(1_000_000_000L), List.of()),
                        node("n3", false, false, OptionalLong.empty(), List.of("the node is not there"))),
                List.of(new Shard(
                        "0",
                        7,
                        Optional.of("n1"),
                        List.of(
                                new Replica("n1", Role.LEADER, OptionalLong.of(0)),
                                new Replica("n2", Role.FOLLOWER, OptionalLong.of(3)),
                                new Replica("n3", Role.ABSENT, OptionalLong.of(4711))))));

        assertThat(ClusterTable.text(Cluster.of(cluster))).isEqualTo("""
                cluster c1, coordinator n1
                shard 0, term 7, leader n1

                node  state     shard 0   lag   disk free  gRPC  REST
                n1    ready     leader    0     12.3 GB    g1    h1
                n2    draining  follower  3     1.0 GB     g1    h1
                n3    absent    absent    4711  -          -     -

                n3: the node is not there
                """);
    }

    @Test
    void nodeWithoutClusterIsShownAlone() {
        ClusterDescription alone = new ClusterDescription(
                Optional.empty(),
                Optional.empty(),
                List.of(node("n1", true, false, OptionalLong.of(1_000_000_000L), List.of())),
                List.of());
        assertThat(ClusterTable.text(Cluster.of(alone))).isEqualTo("""
                no cluster

                node  state  disk free  gRPC  REST
                n1    ready  1.0 GB     g1    h1
                """);
    }

    private static Node node(
            String nodeId, boolean isPresent, boolean isDraining, OptionalLong disk, List<String> problems) {
        NodeAddresses addresses = isPresent ? new NodeAddresses(nodeId, "g1", "h1") : new NodeAddresses(nodeId, "", "");
        return new Node(addresses, isPresent, isDraining, "0.2.0", disk, problems);
    }
}
