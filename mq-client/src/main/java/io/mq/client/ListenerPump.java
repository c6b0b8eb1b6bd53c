package io.mq.client;

import io.mq.client.AssignmentEvent.Change;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Hands messages to a listener: of each partition one after the other, of several at the same time as far as there are
 * threads.
 *
 * <p>Safe for use by any thread.
 */
final class ListenerPump {

    private static final Logger LOG = System.getLogger(ListenerPump.class.getName());

    /** After so many, other partitions have their turn on the thread. */
    private static final int MESSAGES_AT_A_TIME = 500;

    private static final Duration RETRY_FIRST = Duration.ofMillis(100);
    private static final Duration RETRY_MAX = Duration.ofSeconds(30);

    private final MessageListener listener;
    private final ListenerTurns turns;
    private final Assignments assignments;
    private final ReceiveBuffer buffer;
    private final ConsumeSession session;
    private final Connection connection;
    private final ConsumerEvents events;
    private final Executor executor;
    private final SerialExecutor rebalances;
    private volatile boolean stopped;

    ListenerPump(
            MessageListener listener,
            ListenerTurns turns,
            Assignments assignments,
            ReceiveBuffer buffer,
            ConsumeSession session,
            Connection connection,
            ConsumerEvents events) {
        this.listener = listener;
        this.turns = turns;
        this.assignments = assignments;
        this.buffer = buffer;
        this.session = session;
        this.connection = connection;
        this.events = events;
        this.executor = connection.callbacks();
        this.rebalances = new SerialExecutor(connection.callbacks());
    }

    void start() {
        assignments.onChange(this::changed);
        changed();
    }

    /** Hands out no more. What a listener is at work with is finished. */
    void stop() {
        stopped = true;
    }

    boolean isIdle() {
        return !turns.isRunning();
    }

    private void changed() {
        AssignmentEvent event = assignments.pollEvent();
        while (event != null) {
            take(event);
            event = assignments.pollEvent();
        }
        AssignedPartition ready = beginTurn();
        while (ready != null) {
            AssignedPartition partition = ready;
            executor.execute(() -> run(partition, backoff()));
            ready = beginTurn();
        }
    }

    private AssignedPartition beginTurn() {
        return stopped ? null : turns.begin();
    }

    private Backoff backoff() {
        return new Backoff(RETRY_FIRST, RETRY_MAX, connection.random());
    }

    /** What the listener is at work with comes before what is said of its partition. */
    private void take(AssignmentEvent event) {
        boolean isBusy = event.change() != Change.ASSIGNED && turns.defer(event);
        if (!isBusy) {
            rebalances.execute(() -> events.handle(event));
        }
    }

    private void run(AssignedPartition partition, Backoff backoff) {
        ConsumedBatch batch = null;
        try {
            batch = stopped ? null : buffer.take(partition, MESSAGES_AT_A_TIME);
        } catch (MqException e) {
            LOG.log(Level.WARNING, "What was received of {0} is damaged; it is asked for again", partition.partition);
            connection.loop().execute(() -> session.restart("received damaged bytes"));
        }
        if (batch == null) {
            finished(partition);
            return;
        }
        session.renewCredit();
        handIn(partition, batch, backoff);
    }

    private void handIn(AssignedPartition partition, ConsumedBatch batch, Backoff backoff) {
        for (ConsumedMessage message : batch) {
            try {
                listener.onMessage(message);
            } catch (Exception e) {
                Duration delay = backoff.next();
                LOG.log(Level.WARNING, "A listener failed with " + message + ", which it gets again in " + delay, e);
                ConsumedBatch rest = batch.part(message.offset(), batch.nextOffset());
                ClientLoop.Timer unused =
                        connection.loop().after(delay, () -> executor.execute(() -> handIn(partition, rest, backoff)));
                return;
            }
            backoff.reset();
            if (!assignments.processed(partition, message.offset() + 1) || stopped) {
                break;
            }
        }
        executor.execute(() -> run(partition, backoff));
    }

    private void finished(AssignedPartition partition) {
        for (AssignmentEvent event : turns.end(partition)) {
            rebalances.execute(() -> events.handle(event));
        }
        changed();
    }
}
