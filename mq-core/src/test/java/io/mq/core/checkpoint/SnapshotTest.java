package io.mq.core.checkpoint;

import static io.mq.core.broker.EngineFixture.NOW;
import static io.mq.core.broker.EngineFixture.SEGMENT_BYTES;
import static io.mq.core.broker.EngineFixture.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mq.core.broker.EngineFixture;
import io.mq.core.broker.RaftJournalSource;
import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.LogPosition;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.journal.JournalObserver;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.journal.SimulatedRaftLog;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint goes from one node to another, whole or not at all, and the sender keeps what it has lent. */
class SnapshotTest {

    private static final RaftJournalConfig CONFIG = new RaftJournalConfig(32 << 10, 8 << 10, 1 << 20, 4);

    private final SimulatedRaftLog log = new SimulatedRaftLog();
    private final Random random = new Random(1);
    private Node sender;
    private Node receiver;
    private Topic topic;

    private static final class Node {
        private final SimulatedDisk disk = new SimulatedDisk();
        private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        private final EngineFixture fixture;
        private SimulatedRaftLog.Member member;

        Node(SimulatedRaftLog log) {
            fixture = EngineFixture.open(
                    disk,
                    store,
                    new RaftJournalSource(
                            CONFIG,
                            JournalObserver.NONE,
                            checkpoint -> replica -> member = log.join(replica, checkpoint),
                            Thread::new));
        }

        List<Path> segments() {
            return disk.files().stream()
                    .filter(file -> file.toString().contains("/shards/")
                            && file.toString().endsWith(".log"))
                    .toList();
        }

        LogPosition install(IncomingSnapshot snapshot) throws IOException {
            return fixture.engine().install(snapshot, member.replica());
        }
    }

    @BeforeEach
    void fillSender() throws IOException {
        sender = new Node(log);
        receiver = new Node(log);
        sender.member.lead();
        topic = create("t");
        publish("m", 60);
        sender.fixture.engine().checkpoint();
    }

    @AfterEach
    void close() throws IOException {
        sender.fixture.close();
        receiver.fixture.close();
    }

    private Topic create(String name) {
        return sender.fixture
                .engine()
                .journal()
                .submit(new CreateTopicCommand(name, 1, TopicConfig.DEFAULTS, SEGMENT_BYTES, NOW))
                .join()
                .topic();
    }

    private void publish(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            var appended = sender.fixture
                    .engine()
                    .journal()
                    .submit(EngineFixture.append(topic.partition(0), prefix + i + ".".repeat(200)))
                    .join();
        }
    }

    /** Gives up all messages but the last. */
    private void advanceStart() {
        var advanced = sender.fixture
                .engine()
                .journal()
                .submit(new AdvanceLogStartCommand(topic.partition(0), 59))
                .join();
    }

    private OutgoingSnapshot open() throws IOException {
        return sender.fixture.engine().checkpointer().openSnapshot();
    }

    private List<String> received() {
        return payloads(receiver.fixture.log(topic.partition(0)));
    }

    @Test
    void receiverHasWhatTheSenderHadAndGoesOnBehindIt() throws IOException {
        try (OutgoingSnapshot snapshot = open()) {
            LogPosition installed =
                    receiver.install(SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random));
            assertThat(installed).isEqualTo(snapshot.position());
        }
        assertThat(received()).hasSize(60).isEqualTo(payloads(sender.fixture.log(topic.partition(0))));
        assertThat(receiver.store.load()).isEqualTo(sender.store.load());
        assertThat(receiver.disk.files()).noneMatch(file -> file.toString().contains("incoming"));
        publish("later", 1);
        // From the first entry on: what the snapshot holds is passed over.
        receiver.member.deliver(Integer.MAX_VALUE);
        assertThat(received()).hasSize(61);
    }

    @Test
    void whatTheReceiverHadBeforeIsGone() throws IOException {
        receiver.member.deliver(30);
        receiver.fixture.engine().checkpoint();
        var deleted = sender.fixture
                .engine()
                .journal()
                .submit(new DeleteTopicCommand(topic.id()))
                .join();
        create("other");
        sender.fixture.engine().checkpoint();
        assertThat(receiver.segments()).isNotEmpty();
        try (OutgoingSnapshot snapshot = open()) {
            receiver.install(SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random));
        }
        assertThat(receiver.fixture.topic("t")).isEmpty();
        assertThat(receiver.fixture.topic("other")).isPresent();
        assertThat(receiver.segments()).isEmpty();
    }

    @Test
    void snapshotThatIsNotAheadIsNotUsed() throws IOException {
        try (OutgoingSnapshot snapshot = open()) {
            publish("later", 1);
            receiver.member.deliver(Integer.MAX_VALUE);
            LogPosition installed =
                    receiver.install(SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random));
            assertThat(installed.index()).isGreaterThan(snapshot.position().index());
        }
        assertThat(received()).hasSize(61);
    }

    @Test
    void damagedSegmentIsRefusedAndFetchedAgain() throws IOException {
        try (OutgoingSnapshot snapshot = open()) {
            IncomingSnapshot damaged = SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random);
            Path segment = receiver.disk.files().stream()
                    .filter(file -> file.toString().contains("incoming")
                            && file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
            receiver.disk.flipBit(segment, 8 * 100);
            assertThatIOException()
                    .isThrownBy(() -> receiver.install(damaged))
                    .isInstanceOf(CorruptFileException.class);
            assertThat(receiver.fixture.topic("t")).isEmpty();
            assertThat(receiver.fixture.engine().journal().isHealthy()).isTrue();
            receiver.install(SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random));
        }
        assertThat(received()).hasSize(60);
    }

    @Test
    void damagedStateIsRefused() throws IOException {
        try (OutgoingSnapshot snapshot = open()) {
            IncomingSnapshot damaged = SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random);
            receiver.disk.flipBit(receiver.fixture.directory().incoming().resolve("image"), 100);
            assertThatIOException()
                    .isThrownBy(() -> receiver.install(damaged))
                    .isInstanceOf(CorruptFileException.class);
        }
        assertThat(receiver.fixture.engine().journal().isHealthy()).isTrue();
    }

    @Test
    void whatIsMissingIsNoticed() throws IOException {
        try (OutgoingSnapshot snapshot = open()) {
            IncomingSnapshot begun = IncomingSnapshot.begin(receiver.fixture.directory(), snapshot.pieces());
            assertThatIOException().isThrownBy(() -> receiver.install(begun));
            begun.append(0, ByteBuffer.wrap(new byte[] {1}));
            assertThatIOException()
                    .isThrownBy(() -> receiver.install(begun))
                    .withMessageStartingWith(
                            "1 of %d bytes".formatted(snapshot.pieces().get(0).bytes()));
        }
    }

    @Test
    void fetchingGoesOnWhereItWasCutOff() throws IOException {
        try (OutgoingSnapshot snapshot = open()) {
            SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random);
        }
        publish("later", 20);
        sender.fixture.engine().checkpoint();
        try (OutgoingSnapshot next = open()) {
            IncomingSnapshot again = IncomingSnapshot.begin(receiver.fixture.directory(), next.pieces());
            assertThat(again.arrived(0)).isZero();
            for (int piece = 1; piece < 4; piece++) {
                assertThat(again.arrived(piece))
                        .isEqualTo(next.pieces().get(piece).bytes());
            }
            receiver.install(SnapshotTransfer.fetch(next, receiver.fixture.directory(), random));
        }
        assertThat(received()).hasSize(80);
    }

    @Test
    void whatIsLentIsKeptUntilItIsGivenBack() throws IOException {
        List<Path> lent = sender.segments();
        try (OutgoingSnapshot snapshot = open()) {
            advanceStart();
            sender.fixture.engine().checkpoint();
            var deleted = sender.fixture
                    .engine()
                    .journal()
                    .submit(new DeleteTopicCommand(topic.id()))
                    .join();
            sender.fixture.engine().checkpoint();
            assertThat(sender.segments()).containsAll(lent);
            receiver.install(SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random));
        }
        assertThat(received()).hasSize(60);
        assertThat(sender.fixture.engine().checkpointer().isWanted()).isTrue();
        sender.fixture.engine().checkpoint();
        assertThat(sender.segments()).isEmpty();
        assertThat(sender.disk.files()).noneMatch(file -> file.toString().contains("outgoing"));
    }

    @Test
    void segmentsThatWereGivenUpStayBehind() throws IOException {
        advanceStart();
        sender.fixture.engine().checkpoint();
        try (OutgoingSnapshot snapshot = open()) {
            assertThat(snapshot.pieces()).hasSize(2);
            receiver.install(SnapshotTransfer.fetch(snapshot, receiver.fixture.directory(), random));
        }
        assertThat(received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "a/0/../../../../00000000000000000000.log",
                "../0/00000000000000000000.log",
                "a/0/00000000000000000000.index",
                "/a/0/00000000000000000000.log",
                "complete",
                ""
            })
    void nameThatLeadsElsewhereIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SnapshotPiece(name, 1))
                .withMessageContaining(name);
    }

    @Test
    void namesOfTopicsAreTaken() {
        assertThat(Stream.of("orders-1", "a.b_c-12")
                        .map(name -> new SnapshotPiece(name + "/0/" + "0".repeat(20) + ".log", 0)))
                .hasSize(2);
    }
}
