package io.mq.ejb.cluster;

import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.RaftJournal;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.journal.RecordingStateMachine;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.DivisionInfo;

/** Three replicas of a shard in one process, each with files of its own, talking over the loopback interface. */
final class ReplicaGroup implements Closeable {

    private static final RaftJournalConfig CONFIG = new RaftJournalConfig(256 << 10, 64 << 10, 4 << 20, 4);
    private static final Duration ELECTION_TIMEOUT = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path directory;
    private final Map<String, Integer> ports;
    private final Optional<NodeCertificates> certificates;
    private final Map<String, Replica> running = new TreeMap<>();

    /** A running member; its machine has applied what is in its log, from its checkpoint on. */
    record Replica(
            String id,
            LogGate gate,
            RatisNode node,
            ShardMembership membership,
            RaftJournal journal,
            RecordingStateMachine machine) {

        DivisionInfo info() {
            try {
                return node.server()
                        .getDivision(node.group(SingleReplica.SHARD))
                        .getInfo();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private ReplicaGroup(Path directory, Map<String, Integer> ports, Optional<NodeCertificates> certificates) {
        this.directory = directory;
        this.ports = ports;
        this.certificates = certificates;
    }

    /** A group that nobody is in yet. */
    static ReplicaGroup empty(Path directory) {
        return new ReplicaGroup(directory, new TreeMap<>(), Optional.empty());
    }

    static ReplicaGroup start(Path directory) throws IOException {
        return start(directory, Optional.empty());
    }

    static ReplicaGroup start(Path directory, Optional<NodeCertificates> certificates) throws IOException {
        Map<String, Integer> ports = new TreeMap<>();
        for (String id : List.of("a", "b", "c")) {
            ports.put(id, LoopbackPorts.free());
        }
        ReplicaGroup group = new ReplicaGroup(directory, ports, certificates);
        Replica first = group.start("a");
        first.membership().form();
        for (String id : List.of("b", "c")) {
            group.join(group.start(id));
        }
        return group;
    }

    /** Adds a replica that has no log yet. */
    void join(Replica replica) throws IOException {
        replica.membership().await();
        leader().membership()
                .add(replica.id(), address(replica.id()), Optional.empty())
                .join();
    }

    private String address(String id) {
        return "127.0.0.1:" + ports.get(id);
    }

    /** Starts a member without a checkpoint. */
    Replica start(String id) throws IOException {
        return start(id, LogPosition.START);
    }

    /** Starts a member whose checkpoint holds everything up to this position. */
    Replica start(String id, LogPosition checkpoint) throws IOException {
        return start(id, checkpoint, ShardEvents.NONE);
    }

    Replica start(String id, LogPosition checkpoint, ShardEvents events) throws IOException {
        LogGate gate = new LogGate();
        RatisConfig config = new RatisConfig(
                id,
                directory.resolve(id),
                "127.0.0.1",
                ports.computeIfAbsent(id, any -> LoopbackPorts.free()),
                CONFIG.largestEntryBytes(),
                ELECTION_TIMEOUT,
                certificates);
        RatisNode node = new RatisNode(config, gate);
        RecordingStateMachine machine = new RecordingStateMachine();
        RaftJournal journal = RaftJournal.open(
                CONFIG, checkpoint, machine, node.log(SingleReplica.SHARD, checkpoint, events), Thread::new);
        node.start(SingleReplica.CLUSTER);
        Replica replica = new Replica(id, gate, node, new ShardMembership(node, SingleReplica.SHARD), journal, machine);
        running.put(id, replica);
        return replica;
    }

    /** Ends a member without telling the others. */
    void stop(Replica replica) {
        running.remove(replica.id());
        end(replica);
    }

    private static void end(Replica replica) {
        try {
            replica.node().close();
            replica.journal().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The member that leads and takes commands, once there is one among these. */
    Replica leaderOf(Collection<Replica> candidates) {
        return await().atMost(SOON)
                .until(
                        () -> candidates.stream()
                                .filter(each -> each.membership().isHere()
                                        && each.info().isLeaderReady())
                                .findFirst()
                                .orElse(null),
                        leader -> leader != null);
    }

    Replica leader() {
        return leaderOf(running.values());
    }

    Collection<Replica> running() {
        return running.values();
    }

    List<Replica> othersThan(Replica replica) {
        return running.values().stream().filter(each -> each != replica).toList();
    }

    /** Nothing goes from this member to the others any more, and nothing from them to it. */
    void isolate(Replica replica) {
        for (Replica other : othersThan(replica)) {
            CutLinks.cut(replica.id(), other.id());
            CutLinks.cut(other.id(), replica.id());
        }
    }

    /** Waits until all running members have applied the same, with this text at the end. */
    void awaitAgreement(String last) {
        await().atMost(SOON)
                .until(() -> running.values().stream()
                        .map(each -> each.machine().applied())
                        .allMatch(applied -> !applied.isEmpty()
                                && applied.get(applied.size() - 1).equals(last)));
    }

    /** Ends all at once: each takes a second or more to let its threads go. */
    @Override
    public void close() {
        CutLinks.mendAll();
        running.values().stream()
                .map(replica -> CompletableFuture.runAsync(() -> end(replica), task -> new Thread(task).start()))
                .toList()
                .forEach(CompletableFuture::join);
    }
}
