package io.mq.core.journal;

import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A log that its members have in common and that never loses anything: what the leader proposes is committed at once, and
 * the others learn of it when a test lets them. Safe for use by several threads.
 */
public final class SimulatedRaftLog {

    /** Guarded by {@code this}. */
    private final List<Committed> entries = new ArrayList<>();

    /** Guarded by {@code this}. */
    private LogPosition last = new LogPosition(1, 0);

    /** Guarded by {@code this}. */
    private Member leader;

    private record Committed(LogPosition position, ByteBuffer entry) {}

    /** The log as one node has it. */
    public final class Member implements RaftLog {

        private final Replica replica;

        /** Guarded by the log. How many entries its replica holds. */
        private int applied;

        private Member(Replica replica, int applied) {
            this.replica = replica;
            this.applied = applied;
        }

        @Override
        public void propose(Proposal proposal) {
            synchronized (SimulatedRaftLog.this) {
                if (leader != this) {
                    proposal.refuse(BrokerException.of(Reason.NOT_LEADER, "another leads"));
                    return;
                }
                last = new LogPosition(last.term(), last.index() + 1);
                ByteBuffer copy = ByteBuffer.allocate(proposal.size()).order(ByteOrder.LITTLE_ENDIAN);
                entries.add(new Committed(last, copy.put(proposal.entry()).flip()));
                applied++;
                replica.apply(last, proposal);
            }
        }

        /** Has its replica apply what it lacks, so many entries at the most. */
        public void deliver(int count) {
            synchronized (SimulatedRaftLog.this) {
                for (int i = 0; i < count && applied < entries.size(); i++) {
                    Committed next = entries.get(applied++);
                    replica.apply(next.position, next.entry.duplicate().order(ByteOrder.LITTLE_ENDIAN));
                }
            }
        }

        /** Applies all that it lacks and leads from now on, in a term of its own. */
        public void lead() {
            synchronized (SimulatedRaftLog.this) {
                deliver(Integer.MAX_VALUE);
                // A leader begins with an entry without commands.
                last = new LogPosition(last.term() + 1, last.index() + 1);
                leader = this;
            }
        }

        /** What it drives. */
        public Replica replica() {
            return replica;
        }

        /** Goes on behind a position up to which its replica holds everything. */
        public void skipTo(LogPosition position) {
            synchronized (SimulatedRaftLog.this) {
                applied = Math.max(applied, entriesUpTo(position));
            }
        }

        @Override
        public void release(LogPosition through) {}

        @Override
        public void leave() {}

        @Override
        public void close() {}
    }

    /** Opens the log for a node whose checkpoint holds everything up to this position. */
    public synchronized Member join(RaftLog.Replica replica, LogPosition checkpoint) {
        return new Member(replica, entriesUpTo(checkpoint));
    }

    private int entriesUpTo(LogPosition position) {
        return (int) entries.stream()
                .filter(entry -> entry.position.index() <= position.index())
                .count();
    }
}
