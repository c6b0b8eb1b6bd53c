package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mq.core.cluster.NodeAddresses;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.NioMessage;
import org.jgroups.ObjectMessage;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.UnicastHeader3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes find each other, say what they are, answer each other, and notice who is gone. */
class JGroupsPeersTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<HostAndPort> addresses = new ArrayList<>();
    private final List<Peers> open = new ArrayList<>();
    private final Echo echo = new Echo();

    private static final class Echo implements Peers.Handler {

        private final List<Integer> taken = new CopyOnWriteArrayList<>();

        @Override
        public void changed() {
            // Looked at by the tests themselves.
        }

        @Override
        public void refused(String reason) {
            // None of these nodes meets its like after its start.
        }

        @Override
        public void proposed(byte[] proposal, Consumer<byte[]> answer) {
            taken.add(proposal.length);
            answer.accept(("taken " + proposal.length).getBytes(StandardCharsets.UTF_8));
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
                false,
                true,
                1);
    }

    /** The ports behind it are free as well, as far as one can know. */
    private void choosePorts(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            addresses.add(new HostAndPort("127.0.0.1", LoopbackPorts.free()));
        }
    }

    private Peers connect(int number) throws IOException {
        return connect(number, "n" + number);
    }

    private Peers connect(int number, String nodeId) throws IOException {
        Peers peers = JGroupsPeers.connect(config(number), info(nodeId), echo);
        open.add(peers);
        return peers;
    }

    private ClusterConfig config(int number) {
        HostAndPort address = addresses.get(number);
        return ClusterConfigs.plain("n" + number, address, addresses);
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
    void proposalsOfAnyLengthAreTakenInOrder() throws IOException {
        Peers first = connectTwo();
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lengths.add(i % 5 == 0 ? (2 << 20) + i : i);
            answers.add(first.propose("n1", new byte[lengths.get(i)]));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i)).succeedsWithin(SOON);
            assertThat(text(answers.get(i).join())).isEqualTo("taken " + lengths.get(i));
        }
        assertThat(echo.taken).isEqualTo(lengths);
        assertThat(first.propose("n7", new byte[1])).failsWithin(SOON);
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

    @Test
    void secondNodeOfANameIsRefusedAndDisturbsNobody() throws IOException {
        choosePorts(3);
        Peers first = connect(0);
        connect(1);
        awaitNodes(first, "n0", "n1");
        List<NodeInfo> before = first.present();
        assertThatThrownBy(() -> connect(2, "n1"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("a node called 'n1' is there already, at cluster")
                .hasMessageContaining("--node-id");
        assertThat(first.present()).isEqualTo(before);
        assertThat(first.ask("n1", "hello".getBytes(StandardCharsets.UTF_8), SOON))
                .succeedsWithin(SOON)
                .satisfies(answer -> assertThat(text(answer)).isEqualTo("re: hello"));
        awaitNodes(open.get(1), "n0", "n1");
    }

    @Test
    void nodeThatComesBackUnderItsNameIsTaken() throws IOException {
        Peers first = connectTwo();
        open.remove(1).close();
        connect(1);
        awaitNodes(first, "n0", "n1");
    }

    /** The coordinator, which is nobody's like here, takes the last one for gone. */
    @Test
    void nodeThatIsOutOfViewAndThereTakesProposals() throws Exception {
        choosePorts(3);
        try (JChannel coordinator = ChannelStack.channel(config(2))) {
            coordinator.connect("mq");
            Peers first = connect(0);
            connect(1);
            awaitNodes(first, "n0", "n1");
            List<Address> members = coordinator.getView().getMembers();
            Protocol membership = coordinator.getProtocolStack().findProtocol(GMS.class);
            membership.up(new Event(Event.SUSPECT, List.of(members.get(members.size() - 1))));
            awaitNodes(first, "n0");
            assertThat(first.propose("n1", new byte[7]))
                    .succeedsWithin(SOON)
                    .satisfies(answer -> assertThat(text(answer)).isEqualTo("taken 7"));
        }
    }

    /** What a hostile sender hopes to be made by the receiver. */
    static final class Trap implements Serializable {

        private static final long serialVersionUID = 1;
        private static volatile boolean isSprung;

        private void readObject(ObjectInputStream in) {
            isSprung = true;
        }
    }

    private static Message asBytes(Address to, Protocol acting) throws Exception {
        Message message = new BytesMessage(to, Util.objectToByteBuffer(new Trap()));
        message.setFlag((short) (1 << 11), false);
        return message.putHeader(acting.getId(), UnicastHeader3.createXmitReqHeader());
    }

    @Test
    void nothingThatArrivesIsMadeAJavaObject() throws Exception {
        choosePorts(3);
        Peers first = connect(0);
        try (JChannel hostile = ChannelStack.channel(config(2))) {
            hostile.connect("mq");
            Address target = await().atMost(SOON)
                    .until(
                            () -> hostile.getView().getMembers().stream()
                                    .filter(each -> !each.equals(hostile.getAddress()))
                                    .findFirst()
                                    .orElse(null),
                            found -> found != null);
            Protocol unicast = hostile.getProtocolStack().findProtocol(UNICAST3.class);
            for (int i = 0; i < 5; i++) {
                hostile.send(new ObjectMessage(target, new Trap()));
                unicast.getDownProtocol().down(asBytes(target, unicast));
                hostile.send(new NioMessage(target, ByteBuffer.wrap(Util.objectToByteBuffer(new Trap()))));
            }
            hostile.send(new BytesMessage(target, "not a request".getBytes(StandardCharsets.UTF_8)));
            hostile.send(new BytesMessage(target, new byte[0]));
            await().during(Duration.ofSeconds(1)).until(() -> !Trap.isSprung);
        }
        connect(1);
        awaitNodes(first, "n0", "n1");
        assertThat(Trap.isSprung).isFalse();
    }
}
