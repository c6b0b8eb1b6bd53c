package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.cluster.NodeAddresses;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With certificates, nobody comes into the view or to the log who has none of the nodes' authority. */
class ClusterTlsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Long enough for some attempts of a stranger, who is let in within a second where nothing hinders him. */
    private static final Duration A_WHILE = Duration.ofSeconds(4);

    @TempDir
    private static Path authorities;

    @TempDir
    private Path directory;

    private static Optional<NodeCertificates> ours;
    private static Optional<NodeCertificates> foreign;

    private final List<HostAndPort> addresses = new ArrayList<>();
    private final List<Peers> open = new ArrayList<>();

    @BeforeAll
    static void create() throws Exception {
        ours = TestAuthority.create(authorities.resolve("ours")).certificates();
        // Who knows our authority's certificate, which is no secret, but has his own from another one.
        NodeCertificates other = TestAuthority.create(authorities.resolve("foreign"))
                .certificates()
                .orElseThrow();
        foreign = Optional.of(
                new NodeCertificates(other.keyManager(), ours.orElseThrow().trustManager()));
    }

    @AfterEach
    void close() throws IOException {
        for (Peers each : open) {
            each.close();
        }
    }

    private static final class Echo implements Peers.Handler {

        @Override
        public void changed() {}

        @Override
        public byte[] answer(byte[] request) {
            return request;
        }

        @Override
        public void proposed(byte[] proposal, Consumer<byte[]> answer) {
            answer.accept(proposal);
        }

        @Override
        public void refused(String reason) {}
    }

    private Peers connect(int number, Optional<NodeCertificates> certificates) throws IOException {
        HostAndPort address = addresses.get(number);
        String id = "n" + number;
        NodeInfo info = new NodeInfo(
                new NodeAddresses(id, "grpc", "http"),
                id + ".1",
                Optional.empty(),
                "cluster",
                "raft",
                false,
                false,
                true,
                1);
        ClusterConfig config = ClusterConfigs.encrypted(id, address, addresses, certificates);
        Peers peers = JGroupsPeers.connect(config, info, new Echo());
        open.add(peers);
        return peers;
    }

    private static Stream<String> ids(Peers peers) {
        return peers.present().stream().map(NodeInfo::nodeId);
    }

    @Test
    void nodesOfOneAuthorityMeetAndStrangersStayOutside() throws IOException {
        for (int i = 0; i < 4; i++) {
            addresses.add(new HostAndPort("127.0.0.1", LoopbackPorts.free()));
        }
        Peers first = connect(0, ours);
        Peers second = connect(1, ours);
        await().atMost(SOON).untilAsserted(() -> assertThat(ids(first)).containsExactlyInAnyOrder("n0", "n1"));
        await().atMost(SOON).untilAsserted(() -> assertThat(ids(second)).containsExactlyInAnyOrder("n0", "n1"));
        Peers otherAuthority = connect(2, foreign);
        Peers plaintext = connect(3, Optional.empty());
        await().atMost(SOON).during(A_WHILE).untilAsserted(() -> {
            assertThat(ids(first)).containsExactlyInAnyOrder("n0", "n1");
            assertThat(ids(otherAuthority)).containsExactly("n2");
            assertThat(ids(plaintext)).containsExactly("n3");
        });
        byte[] request = new byte[100_000];
        assertThat(first.ask("n1", request, SOON)).succeedsWithin(SOON).isEqualTo(request);
        assertThat(second.ask("n0", request, SOON)).succeedsWithin(SOON).isEqualTo(request);
    }

    /** Whether somebody with these certificates is told by a replica what it keeps. */
    private static boolean isAnswered(RaftPeer replica, Optional<NodeCertificates> certificates) throws IOException {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, TimeDuration.valueOf(3, TimeUnit.SECONDS));
        Parameters parameters = new Parameters();
        certificates.ifPresent(given -> GrpcConfigKeys.TLS.setConf(
                parameters, new GrpcTlsConfig(given.keyManager(), given.trustManager(), true)));
        try (RaftClient client = RaftClient.newBuilder()
                .setProperties(properties)
                .setParameters(parameters)
                .setRetryPolicy(RetryPolicies.noRetry())
                .setRaftGroup(RaftGroup.valueOf(RaftGroupId.randomId(), replica))
                .build()) {
            return client.getGroupManagementApi(replica.getId()).list().isSuccess();
        } catch (IOException | StatusRuntimeException e) {
            return false;
        }
    }

    @Test
    void logIsSharedByNodesOfOneAuthorityAlone() throws Exception {
        try (ReplicaGroup group = ReplicaGroup.start(directory, ours)) {
            assertThat(group.leader().journal().submit(command("shared"))).succeedsWithin(SOON);
            group.awaitAgreement("shared");
            for (ReplicaGroup.Replica replica : group.running()) {
                RaftPeer peer = replica.node().self();
                assertThat(isAnswered(peer, ours)).isTrue();
                assertThat(isAnswered(peer, foreign)).isFalse();
                assertThat(isAnswered(peer, Optional.empty())).isFalse();
            }
        }
    }
}
