package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The journal of a node in a cluster: a command is durable when a majority of the nodes has it on disk.
 *
 * <p>One thread takes everything that waits, up to a bound, and proposes it as one entry of the replicated log; while as
 * many entries as may be are under way, what arrives shares the next. So a lone caller waits for nobody, and under load
 * entries are large. What is committed is applied by the log's own thread, in the log's order, which is the order of
 * submission for what one node submits; commands of one entry have the same index.
 */
public final class RaftJournal extends QueuedJournal {

    private static final Logger LOG = System.getLogger(RaftJournal.class.getName());

    private final RaftJournalConfig config;
    private final StateMachine stateMachine;
    private final JournalObserver observer;
    private final Semaphore mayBeInFlight;
    private final Set<Proposal> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesWritten = new AtomicLong();

    /** Held while the state is changed or looked at. */
    private final Object stateLock = new Object();

    /** Guarded by stateLock. */
    private LogPosition applied;

    /** Guarded by stateLock. Whether all that is applied has reached its segments. */
    private boolean isFlushed = true;

    /** Set before the proposer starts. */
    private RaftLog log;

    private RaftJournal(
            RaftJournalConfig config,
            LogPosition applied,
            StateMachine stateMachine,
            JournalObserver observer,
            ThreadFactory threads) {
        super(new WorkQueue(config.commandBytesMax(), config.queueBytesMax()), threads);
        this.config = config;
        this.applied = applied;
        this.stateMachine = stateMachine;
        this.observer = observer;
        this.mayBeInFlight = new Semaphore(config.entriesInFlightMax());
    }

    /**
     * Opens the journal over a log that begins behind what the state machine holds already.
     *
     * @param applied the last entry that the state machine holds
     */
    public static RaftJournal open(
            RaftJournalConfig config,
            LogPosition applied,
            StateMachine stateMachine,
            JournalObserver observer,
            RaftLog.Opener opener,
            ThreadFactory threads)
            throws IOException {
        RaftJournal journal = new RaftJournal(config, applied, stateMachine, observer, threads);
        journal.log = opener.open(journal.new Applier());
        journal.startTaking();
        return journal;
    }

    // --- the proposing thread ---

    @Override
    void take() {
        while (true) {
            if (queue.peek() instanceof Observation<?> next) {
                queue.poll();
                observe(next);
                continue;
            }
            mayBeInFlight.acquireUninterruptibly();
            Round round = queue.pollInto(new Round(config.entryBytesMax(), Integer.MAX_VALUE));
            if (!round.isEmpty()) {
                propose(round);
                continue;
            }
            mayBeInFlight.release();
            if (queue.isThrough()) {
                awaitNoneInFlight();
                return;
            }
            if (isHealthy() && !isFlushed()) {
                queue.sleep(FLUSH_RETRY);
                flushAgain();
            } else {
                queue.sleep(null);
            }
        }
    }

    private void observe(Observation<?> next) {
        awaitNoneInFlight();
        synchronized (stateLock) {
            next.look(applied);
        }
    }

    private void awaitNoneInFlight() {
        mayBeInFlight.acquireUninterruptibly(config.entriesInFlightMax());
        mayBeInFlight.release(config.entriesInFlightMax());
    }

    /** Proposes a round; whatever comes of it releases what the caller has acquired. */
    private void propose(Round round) {
        Throwable failure = queue.failure();
        if (failure != null) {
            queue.settle(round);
            mayBeInFlight.release();
            round.refuse(Refusals.failed(failure));
            return;
        }
        Proposal[] self = new Proposal[1];
        Runnable onSettled = () -> {
            inFlight.remove(self[0]);
            queue.settle(round);
        };
        // Only then, for whoever waits until none is in flight is promised that all are answered.
        Proposal proposal = self[0] = new Proposal(round, onSettled, mayBeInFlight::release);
        inFlight.add(proposal);
        log.propose(proposal);
        if (!isHealthy()) {
            // It may have failed after the look above and before this proposal could be found among those in flight.
            proposal.doubt(queue.failure());
        }
    }

    private boolean isFlushed() {
        synchronized (stateLock) {
            return isFlushed;
        }
    }

    private void flushAgain() {
        synchronized (stateLock) {
            try {
                flush();
            } catch (RuntimeException | Error e) {
                stop(e);
            }
        }
    }

    /** Called with stateLock held. */
    private void flush() {
        boolean wasFlushed = isFlushed;
        isFlushed = stateMachine.flush();
        if (wasFlushed && !isFlushed) {
            // Trying again is the proposer's, which may be asleep.
            var unused = queue.observe(position -> position);
        }
    }

    // --- the log's thread ---

    private final class Applier implements RaftLog.Replica {

        @Override
        public void apply(LogPosition position, ByteBuffer entry) {
            applyToState(position, entry.remaining(), () -> {
                JournalBlock block = JournalBlock.parse(copyOf(entry), 0);
                if (block == null) {
                    throw new IllegalStateException(
                            "entry %d of the log is damaged: its checksum does not fit".formatted(position.index()));
                }
                block.forEachCommand((command, number) -> applyUnanswered(position, command));
                observer.entryApplied(Math.toIntExact(block.nextIndex() - block.firstIndex()), entry.remaining());
                return List.of();
            });
        }

        /** The state keeps parts of what it applies and writes into them, while the log may still send its own bytes. */
        private static ByteBuffer copyOf(ByteBuffer entry) {
            return ByteBuffer.allocate(entry.remaining())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(entry.duplicate())
                    .flip();
        }

        private void applyUnanswered(LogPosition position, Command<?> command) {
            try {
                stateMachine.apply(position.index(), command);
            } catch (BrokerException refused) {
                // The node that has proposed it answers the client.
            }
        }

        @Override
        public void apply(LogPosition position, Proposal own) {
            List<Runnable> completions;
            try {
                completions = applyToState(position, own.size(), () -> own.apply(stateMachine, position.index()));
            } catch (RuntimeException | Error e) {
                own.doubt(e);
                throw e;
            }
            if (completions.isEmpty()) {
                own.doubt(new IllegalStateException("a checkpoint was taken over that holds it"));
            } else {
                observer.entryApplied(own.commands(), own.size());
                observer.entryCommitted(own.ageNanos());
            }
            own.settle(() -> completions.forEach(Runnable::run));
        }

        private List<Runnable> applyToState(LogPosition position, int bytes, Supplier<List<Runnable>> application) {
            synchronized (stateLock) {
                requireHealthy();
                if (position.index() <= applied.index()) {
                    // A snapshot was installed meanwhile that holds it.
                    return List.of();
                }
                try {
                    List<Runnable> completions = application.get();
                    applied = position;
                    bytesWritten.addAndGet(bytes);
                    flush();
                    return completions;
                } catch (RuntimeException | Error e) {
                    stop(e);
                    throw e;
                }
            }
        }

        private void requireHealthy() {
            if (!isHealthy()) {
                throw new IllegalStateException("nothing is applied any more since a failure", queue.failure());
            }
        }

        @Override
        public LogPosition install(LogPosition position, RaftLog.Change change) throws IOException {
            synchronized (stateLock) {
                requireHealthy();
                if (position.index() <= applied.index()) {
                    return applied;
                }
                try {
                    change.run();
                } catch (IOException | RuntimeException | Error e) {
                    stop(e);
                    throw e;
                }
                applied = position;
                isFlushed = true;
            }
            // It may hold some of these, and the log does not bring them any more then.
            inFlight.forEach(proposal -> proposal.doubt(new IllegalStateException("a checkpoint was taken over")));
            return position;
        }

        @Override
        public void fail(Throwable cause) {
            stop(cause);
        }
    }

    // --- any thread ---

    /** Takes no more, leaves the quorum and answers whoever waits; whether theirs is committed is for others to say. */
    @Override
    void stop(Throwable cause) {
        if (isHealthy()) {
            // What fails after it, fails because of it.
            LOG.log(Level.ERROR, "The journal has failed and this node leaves its quorum until mq is restarted", cause);
            queue.fail(cause);
        }
        log.leave();
        inFlight.forEach(proposal -> proposal.doubt(cause));
    }

    @Override
    public void release(LogPosition through) {
        log.release(through);
    }

    @Override
    public long bytesWritten() {
        return bytesWritten.get();
    }

    @Override
    public void close() throws IOException {
        closeQueue();
        log.close();
    }
}
