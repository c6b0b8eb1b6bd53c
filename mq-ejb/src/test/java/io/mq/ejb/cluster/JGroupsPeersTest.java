package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.cluster.NodeAddresses;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes find each other, say what they are, answer each other, and notice who is gone. */
class JGroupsPeersTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<HostAndPort> addresses = new ArrayList<>();
    private final List<Peers> open = new ArrayList<>();

    private static final class Echo implements Peers.Handler {

        @Override
        public void changed() {
            // Looked at by the tests themselves.
        }

        @Override
        public byte[] answer(byte[] request) throws IOException {
            String text = new String(request, StandardCharsets.UTF_8);
            if (text.equals("fail")) {
                throw new IOException("as asked for");
            }
            return text.equals("large") ? new byte[1 << 20] : ("re: " + text).getBytes(StandardCharsets.UTF_8);
        }
    }

    @AfterEach
    void close() throws IOException {
        for (Peers each : open) {
            each.close();
        }
    }

    private static NodeInfo info(String nodeId) {
        return new NodeInfo(
                new NodeAddresses(nodeId, "grpc", "http"),
                nodeId + ".1",
                Optional.empty(),
                "cluster",
                "raft",
                false,
                false);
    }

    /** The ports behind it are free as well, as far as one can know. */
    private void choosePorts(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            addresses.add(new HostAndPort("127.0.0.1", SingleReplica.freePort()));
        }
    }

    private Peers connect(int number) throws IOException {
        HostAndPort address = addresses.get(number);
        ClusterConfig config =
                new ClusterConfig("n" + number, address, addresses, Duration.ofMillis(500), address, address);
        Peers peers = JGroupsPeers.connect(config, info("n" + number), new Echo());
        open.add(peers);
        return peers;
    }

    /** Answers the first of two that know each other. */
    private Peers connectTwo() throws IOException {
        choosePorts(2);
        Peers first = connect(0);
        connect(1);
        awaitNodes(first, "n0", "n1");
        return first;
    }

    private static List<String> ids(Peers peers) {
        return peers.present().stream().map(NodeInfo::nodeId).toList();
    }

    private static void awaitNodes(Peers peers, String... ids) {
        await().atMost(SOON).untilAsserted(() -> assertThat(ids(peers)).containsExactlyInAnyOrder(ids));
    }

    private static String text(byte[] answer) {
        return new String(answer, StandardCharsets.UTF_8);
    }

    @Test
    void nodesFindEachOtherAndAgreeOnTheFirst() throws IOException {
        choosePorts(3);
        for (int i = 0; i < 3; i++) {
            connect(i);
        }
        for (Peers each : open) {
            awaitNodes(each, "n0", "n1", "n2");
            assertThat(ids(each)).isEqualTo(ids(open.get(0)));
        }
    }

    @Test
    void nodeWhoseSeedsAreNotThereIsAlone() throws IOException {
        choosePorts(3);
        assertThat(ids(connect(1))).containsExactly("n1");
    }

    @Test
    void goneNodeIsNoticedAndTheNextIsFirst() throws IOException {
        Peers first = connectTwo();
        Peers second = open.get(1);
        awaitNodes(second, "n0", "n1");
        open.remove(first);
        first.close();
        awaitNodes(second, "n1");
    }

    @Test
    void newsOfANodeReachTheOthers() throws IOException {
        Peers first = connectTwo();
        Peers second = open.get(1);
        NodeInfo news = info("n1").withCluster(UUID.randomUUID());
        second.announce(news);
        await().atMost(SOON).until(() -> first.present().contains(news));
    }

    @Test
    void requestsAreAnswered() throws IOException {
        Peers first = connectTwo();
        assertThat(first.ask("n1", "hello".getBytes(StandardCharsets.UTF_8), SOON))
                .succeedsWithin(SOON)
                .satisfies(answer -> assertThat(text(answer)).isEqualTo("re: hello"));
        assertThat(first.ask("n0", "self".getBytes(StandardCharsets.UTF_8), SOON))
                .succeedsWithin(SOON)
                .satisfies(answer -> assertThat(text(answer)).isEqualTo("re: self"));
        for (int i = 0; i < 20; i++) {
            assertThat(first.ask("n1", "large".getBytes(StandardCharsets.UTF_8), SOON))
                    .succeedsWithin(SOON)
                    .satisfies(answer -> assertThat(answer).hasSize(1 << 20));
        }
    }

    @Test
    void errorsArriveAsTheirTexts() throws IOException {
        Peers first = connectTwo();
        assertThat(first.ask("n1", "fail".getBytes(StandardCharsets.UTF_8), SOON))
                .failsWithin(SOON)
                .withThrowableThat()
                .withMessageContaining("as asked for");
        assertThat(first.ask("n9", new byte[0], SOON))
                .failsWithin(SOON)
                .withThrowableThat()
                .withMessageContaining("node 'n9' is not there");
    }
}
