package io.mq.ejb.cluster;

import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.JournalObserver;
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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;

/** Three replicas of a shard in one process, each with files of its own, talking over the loopback interface. */
final class ReplicaGroup implements Closeable {

    private static final RaftJournalConfig CONFIG = new RaftJournalConfig(256 << 10, 64 << 10, 4 << 20, 4);
    private static final Duration ELECTION_TIMEOUT = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path directory;
    private final Map<String, Integer> ports;
    private final Optional<NodeCertificates> certificates;
    private final Duration electionTimeout;
    private final RaftJournalConfig config;
    private final Map<String, Replica> running = new ConcurrentSkipListMap<>();

    /** A running member; its machine has applied what is in its log, from its checkpoint on. */
    record Replica(
            String id,
            LogGate gate,
            RatisNode node,
            ShardMembership membership,
            RaftJournal journal,
            RecordingStateMachine machine,
            Figures figures) {

        /** With a gate that is shut: whether all is forced, or what is not waits at the gate. */
        boolean isForcingNothing() throws IOException {
            RaftLog log = division().getRaftLog();
            try {
                TermIndex last = log.getLastEntryTermIndex();
                return gate.isHolding() || last == null || last.getIndex() <= log.getFlushIndex();
            } catch (IllegalStateException e) {
                // It has ended.
                return true;
            }
        }

        /** What it says to others comes later than its memory of the term, and no earlier than this. */
        long termOnDisk() {
            try {
                return division()
                        .getRaftStorage()
                        .getMetadataFile()
                        .getMetadata()
                        .getTerm();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Waits for what the engine writes of its own after a command. */
        void awaitQuiet() {
            AtomicLong last = new AtomicLong(-1);
            await().atMost(SOON).during(Duration.ofMillis(300)).until(() -> {
                long end = membership.status().end().index();
                return last.getAndSet(end) == end;
            });
        }

        DivisionInfo info() {
            try {
                return division().getInfo();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private Division division() throws IOException {
            return node.server().getDivision(node.group(SingleReplica.SHARD));
        }
    }

    /** What a replica's journal tells of itself. */
    static final class Figures implements JournalObserver {

        final AtomicLong commands = new AtomicLong();
        final AtomicLong bytes = new AtomicLong();
        final AtomicLong committed = new AtomicLong();
        final AtomicLong nanos = new AtomicLong();

        @Override
        public void roundForced(int more, int moreBytes, long placedBytes, long forceNanos) {
            throw new AssertionError("the engine forces what it writes");
        }

        @Override
        public void entryApplied(int more, int moreBytes) {
            commands.addAndGet(more);
            bytes.addAndGet(moreBytes);
        }

        @Override
        public void entryCommitted(long moreNanos) {
            committed.incrementAndGet();
            nanos.addAndGet(moreNanos);
        }
    }

    private ReplicaGroup(
            Path directory,
            Map<String, Integer> ports,
            Optional<NodeCertificates> certificates,
            Duration electionTimeout,
            RaftJournalConfig config) {
        this.directory = directory;
        this.ports = ports;
        this.certificates = certificates;
        this.electionTimeout = electionTimeout;
        this.config = config;
    }

    /** A group that nobody is in yet. */
    static ReplicaGroup empty(Path directory) {
        return new ReplicaGroup(directory, new TreeMap<>(), Optional.empty(), ELECTION_TIMEOUT, CONFIG);
    }

    static ReplicaGroup start(Path directory) throws IOException {
        return start(directory, Optional.empty());
    }

    static ReplicaGroup start(Path directory, Optional<NodeCertificates> certificates) throws IOException {
        return start(directory, List.of("a", "b", "c"), certificates, ELECTION_TIMEOUT, CONFIG);
    }

    /** @param ids which no other group of this process has, where it is to have links of its own */
    static ReplicaGroup start(Path directory, List<String> ids, Duration electionTimeout) throws IOException {
        return start(directory, ids, Optional.empty(), electionTimeout, CONFIG);
    }

    static ReplicaGroup start(Path directory, RaftJournalConfig config) throws IOException {
        return start(directory, List.of("a", "b", "c"), Optional.empty(), ELECTION_TIMEOUT, config);
    }

    private static ReplicaGroup start(
            Path directory,
            List<String> ids,
            Optional<NodeCertificates> certificates,
            Duration electionTimeout,
            RaftJournalConfig config)
            throws IOException {
        Map<String, Integer> ports = new TreeMap<>();
        for (String id : ids) {
            ports.put(id, LoopbackPorts.free());
        }
        ReplicaGroup group = new ReplicaGroup(directory, ports, certificates, electionTimeout, config);
        Replica first = group.start(ids.get(0));
        first.membership().form();
        for (String id : ids.subList(1, ids.size())) {
            group.join(group.start(id));
        }
        return group;
    }

    /** Adds a replica that has no log yet, as a voter. */
    void join(Replica replica) throws IOException {
        join(replica, Integer.MAX_VALUE);
    }

    /** The same, as an observer where there are so many voters. */
    void join(Replica replica, int votersMax) throws IOException {
        replica.membership().await();
        // Whoever leads may be deposed by a slow machine before it has done so.
        await().atMost(SOON).ignoreExceptions().until(() -> {
            leader().membership()
                    .add(replica.id(), address(replica.id()), Optional.empty(), votersMax)
                    .join();
            return true;
        });
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

    /** Starts a member at the address of one that is gone. */
    Replica startInPlaceOf(String gone, String id, ShardEvents events) throws IOException {
        ports.put(id, ports.get(gone));
        return start(id, LogPosition.START, events);
    }

    Replica start(String id, LogPosition checkpoint, ShardEvents events) throws IOException {
        LogGate gate = new LogGate();
        RatisConfig ratis = new RatisConfig(
                id,
                directory.resolve(id),
                "127.0.0.1",
                ports.computeIfAbsent(id, any -> LoopbackPorts.free()),
                config.largestEntryBytes(),
                1,
                electionTimeout,
                certificates);
        RatisNode node = new RatisNode(ratis, gate);
        RecordingStateMachine machine = new RecordingStateMachine();
        Figures figures = new Figures();
        RaftJournal journal = RaftJournal.open(
                config, checkpoint, machine, figures, node.log(SingleReplica.SHARD, checkpoint, events), Thread::new);
        node.start(SingleReplica.CLUSTER);
        Replica replica =
                new Replica(id, gate, node, new ShardMembership(node, SingleReplica.SHARD), journal, machine, figures);
        running.put(id, replica);
        return replica;
    }

    /**
     * Ends a member without telling the others. One whose log has failed has a thread that ends later, and would cut off
     * what the next life appends to the same file: that life gets files of its own, with the same in them.
     */
    void stop(Replica replica) {
        boolean hasFailed = !replica.journal().isHealthy();
        running.remove(replica.id());
        end(replica);
        if (hasFailed) {
            try {
                PowerCut.of(directory.resolve(replica.id())).restore();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Ends these members at the same moment, as a power cut does that leaves what they have forced, and no more. */
    Map<String, PowerCut> losePower(Collection<Replica> replicas) throws IOException {
        replicas.forEach(this::isolate);
        replicas.forEach(each -> each.gate().shut());
        Map<String, PowerCut> cuts = new TreeMap<>();
        for (Replica replica : replicas) {
            await().during(Duration.ofMillis(30))
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(replica::isForcingNothing);
            cuts.put(replica.id(), PowerCut.of(directory.resolve(replica.id())));
        }
        for (Replica replica : replicas) {
            // What waits to be forced never will be, and nobody is told that it was.
            replica.gate().breakDown();
            replica.gate().open();
            running.remove(replica.id());
        }
        endAll(replicas);
        return cuts;
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
                .until(() -> leaderNow(candidates), Optional::isPresent)
                .orElseThrow();
    }

    static Optional<Replica> leaderNow(Collection<Replica> candidates) {
        return candidates.stream()
                .filter(each -> each.membership().isHere() && each.info().isLeaderReady())
                .findFirst();
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

    /** All links carry everything again. */
    void mend() {
        CutLinks.mendAll(ports.keySet());
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
        mend();
        endAll(running.values());
    }

    private static void endAll(Collection<Replica> replicas) {
        replicas.stream()
                .map(replica -> CompletableFuture.runAsync(() -> end(replica), task -> new Thread(task).start()))
                .toList()
                .forEach(CompletableFuture::join);
    }
}
