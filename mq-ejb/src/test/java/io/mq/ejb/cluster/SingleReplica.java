package io.mq.ejb.cluster;

import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.journal.JournalObserver;
import io.mq.core.journal.Proposal;
import io.mq.core.journal.RaftJournal;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.journal.RaftLog;
import io.mq.core.journal.RecordingStateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.util.LifeCycle;

/** A shard of one node on a real disk, and the journal over it. */
final class SingleReplica {

    static final UUID CLUSTER = UUID.fromString("6c2cd3a1-8d5e-4f0e-9f30-0c6e4f1f6d01");
    static final String SHARD = "0";

    private final Path directory;
    private final LogGate gate;
    private final RaftJournalConfig config;

    /** Of the last opening. */
    private RatisNode node;

    private RaftJournal journal;

    SingleReplica(Path directory, LogGate gate, RaftJournalConfig config) {
        this.directory = directory;
        this.gate = gate;
        this.config = config;
    }

    /** Opens the journal, has everything in the log applied, and waits until commands are taken. */
    RaftJournal open(StateMachine stateMachine) throws IOException {
        RatisNode opened = new RatisNode(
                new RatisConfig(
                        "a",
                        directory,
                        "127.0.0.1",
                        LoopbackPorts.free(),
                        config.largestEntryBytes(),
                        1,
                        Duration.ofMillis(100),
                        Optional.empty()),
                gate);
        journal = RaftJournal.open(
                config,
                LogPosition.START,
                stateMachine,
                JournalObserver.NONE,
                replica -> closingNode(
                        opened.log(SHARD, LogPosition.START, ShardEvents.NONE).open(replica), opened),
                Thread::new);
        opened.start(CLUSTER);
        ShardMembership membership = new ShardMembership(opened, SHARD);
        if (!membership.isHere()) {
            membership.form();
        }
        node = opened;
        await().until(() -> division().getInfo().isLeaderReady());
        return journal;
    }

    private static RaftLog closingNode(RaftLog log, RatisNode node) {
        return new RaftLog() {
            @Override
            public void propose(Proposal proposal) {
                log.propose(proposal);
            }

            @Override
            public void release(LogPosition through) {
                log.release(through);
            }

            @Override
            public void leave() {
                log.leave();
            }

            @Override
            public void close() throws IOException {
                log.close();
                node.close();
            }
        };
    }

    private Division division() throws IOException {
        return node.server().getDivision(node.group(SHARD));
    }

    /** What a restart would apply after this index if the power failed now. */
    List<String> recoverableAfter(long index) throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        if (!journal.isHealthy()) {
            // It leaves by a thread of its own, under which the log cannot be read.
            await().until(() -> division().getInfo().getLifeCycleState() == LifeCycle.State.CLOSED);
        }
        if (node.server().getLifeCycleState() == LifeCycle.State.RUNNING
                && division().getInfo().getLifeCycleState() == LifeCycle.State.RUNNING) {
            applyForced(machine);
        } else {
            node.close();
            new SingleReplica(directory, new LogGate(), config).open(machine).close();
        }
        List<Long> indexes = machine.indexes();
        long before = indexes.stream().filter(each -> each <= index).count();
        return machine.applied().subList((int) before, indexes.size());
    }

    /** Applies the part of the log that is on disk. */
    private void applyForced(RecordingStateMachine machine) throws IOException {
        org.apache.ratis.server.raftlog.RaftLog log = division().getRaftLog();
        long end = log.getFlushIndex();
        RaftLog.Replica[] replica = new RaftLog.Replica[1];
        RaftLog.Opener opener = opened -> {
            replica[0] = opened;
            return new NoLog();
        };
        try (RaftJournal reading =
                RaftJournal.open(config, LogPosition.START, machine, JournalObserver.NONE, opener, Thread::new)) {
            for (long i = Math.max(0, log.getStartIndex()); i <= end && reading.isHealthy(); i++) {
                LogEntryProto entry = log.get(i);
                if (entry.hasStateMachineLogEntry()) {
                    replica[0].apply(new LogPosition(entry.getTerm(), i), ReplicaStateMachine.dataOf(entry));
                }
            }
        }
    }

    /** For a journal that is only applied to. */
    private static final class NoLog implements RaftLog {
        @Override
        public void propose(Proposal proposal) {
            throw new AssertionError("nothing is proposed here");
        }

        @Override
        public void release(LogPosition through) {}

        @Override
        public void leave() {}

        @Override
        public void close() {}
    }
}
