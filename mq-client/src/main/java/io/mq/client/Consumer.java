package io.mq.client;

import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.SeekRequest;
import io.mq.proto.SeekResponse;
import io.mq.proto.SoughtPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Reads topics, alone or as a member of a group: by {@link #poll}, by {@link #pollBatches}, or with a listener, of which a
 * consumer uses one.
 *
 * <p><b>Guarantee.</b> At least once: what is committed was processed, and what was not committed is delivered again, to
 * whoever reads the partition next. Within a partition, messages come in order. After a lost connection this consumer does
 * not hand out again what it has handed out, as long as no other has had the partition meanwhile and nobody has moved the
 * group; otherwise {@link RebalanceListener#lost} says that the partition begins anew with what is committed.
 *
 * <p><b>Commits.</b> Automatically, at an interval and when a partition is revoked, what is processed is committed: what a
 * poll returned is when the next poll begins, and a listener's message when the listener returns. Closing does not count
 * as a poll: call {@link #commitSync()} before, if all that was returned is processed.
 *
 * <p><b>Threads.</b> One thread polls; all else is safe for use by any thread. Between polls, the connection is kept up and
 * nothing more is handed out. A consumer that does not poll for long holds up what is revoked from it until the server
 * takes it away.
 *
 * <p><b>Failure.</b> Lost connections are made anew for as long as it takes. What cannot be cured that way, such as another
 * consumer of the same name, ends this one: every method throws why.
 */
public final class Consumer implements AutoCloseable {

    private static final Duration IDLE_CHECK = Duration.ofMillis(5);

    private final ConsumerConfig config;
    private final Connection connection;
    private final ConsumerLock lock = new ConsumerLock();
    private final Assignments assignments;
    private final ReceiveBuffer buffer;
    private final ListenerTurns turns;
    private final ConsumeSession session;
    private final ConsumerEvents events;
    private final ReentrantLock polling = new ReentrantLock();
    private final Runnable onClose;
    private volatile ListenerPump pump;

    private Consumer(ConsumerConfig config, Connection connection, Runnable onClose) {
        this.config = config;
        this.connection = connection;
        ReadyLine line = new ReadyLine();
        TakenCredit credit = new TakenCredit(config, lock);
        this.assignments = new Assignments(config, lock, line, credit);
        this.buffer = new ReceiveBuffer(config, lock, assignments, line, credit);
        this.turns = new ListenerTurns(lock, assignments, line);
        this.session = new ConsumeSession(config, connection, lock, assignments, buffer, credit);
        this.events = new ConsumerEvents(config, connection, assignments, session);
        this.onClose = onClose;
    }

    static Consumer open(ConsumerConfig config, Connection connection, Runnable onClose) {
        Consumer consumer = new Consumer(config, connection, onClose);
        try {
            Waiting.on(consumer.session.start(), consumer.waitMax(), "open the first stream");
        } catch (MqException e) {
            connection.loop().execute(() -> consumer.session.shutDown(e));
            throw e;
        }
        return consumer;
    }

    /**
     * Waits for messages and takes them: at least one unless the time is over, at the most so many as configured.
     *
     * @return of each partition in order; empty after {@code atMost}
     * @throws MqException where the consumer is closed or has failed, or where received bytes are damaged; those are
     *     asked for again
     */
    public List<ConsumedMessage> poll(Duration atMost) {
        List<ConsumedMessage> messages = new ArrayList<>();
        for (ConsumedBatch batch : pollBatches(atMost)) {
            batch.forEach(messages::add);
        }
        return messages;
    }

    /**
     * As {@link #poll}, but leaves messages in their batches: cheaper where they are small and many, since a message is
     * only made when it is looked at.
     */
    public List<ConsumedBatch> pollBatches(Duration atMost) {
        if (pump != null) {
            throw new IllegalStateException("this consumer has a listener, which takes its messages");
        }
        if (!polling.tryLock()) {
            throw new IllegalStateException("another thread polls");
        }
        try {
            assignments.settle();
            return collect(atMost);
        } finally {
            polling.unlock();
        }
    }

    private List<ConsumedBatch> collect(Duration atMost) {
        List<ConsumedBatch> batches = new ArrayList<>();
        long left = atMost.toNanos();
        while (true) {
            handleEvents();
            takeUpTo(config.pollMessagesMax(), batches);
            if (!batches.isEmpty()) {
                session.renewCredit();
                return batches;
            }
            assignments.requireOpen();
            if (left <= 0) {
                return batches;
            }
            left = await(left);
        }
    }

    private long await(long nanos) {
        try {
            return assignments.awaitChange(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void handleEvents() {
        AssignmentEvent event = assignments.pollEvent();
        while (event != null) {
            events.handle(event);
            event = assignments.pollEvent();
        }
    }

    private void takeUpTo(int messagesMax, List<ConsumedBatch> batches) {
        int left = messagesMax;
        try {
            ConsumedBatch batch = buffer.take(left);
            while (batch != null) {
                batches.add(batch);
                left -= batch.count();
                batch = left == 0 ? null : buffer.take(left);
            }
        } catch (MqException e) {
            connection.loop().execute(() -> session.restart("received damaged bytes"));
            if (batches.isEmpty()) {
                throw e;
            }
        }
    }

    /**
     * Gives all messages to a listener from now on, instead of polls.
     *
     * @throws IllegalStateException where there is a listener already
     */
    public void listen(MessageListener listener) {
        polling.lock();
        try {
            if (pump != null) {
                throw new IllegalStateException("this consumer has a listener");
            }
            pump = new ListenerPump(listener, turns, assignments, buffer, session, connection, events);
        } finally {
            polling.unlock();
        }
        pump.start();
    }

    // ---- commits

    /**
     * Commits all that was handed out: what polls returned, this far, or what a listener has returned from.
     *
     * @return fails with an {@link MqException} where something could not be committed
     */
    public CompletableFuture<Void> commitAsync() {
        requireGroup();
        boolean isListening = pump != null;
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (AssignedPartition partition : assignments.all()) {
            lock.run(() -> {
                long offset = isListening ? partition.processed : partition.position;
                if (offset > partition.committed) {
                    offsets.put(partition.partition, offset);
                }
            });
        }
        return commitAsync(offsets);
    }

    /**
     * Commits these offsets, each the NEXT one that the group is to read.
     *
     * @return fails with an {@link MqException} where one of them could not be committed: {@code PARTITION_LOST} for a
     *     partition that is not this consumer's, {@code COMMIT_FENCED} for what was delivered before a seek
     */
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets) {
        requireGroup();
        Map<TopicPartition, Long> asked = Map.copyOf(offsets);
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        connection.loop().execute(() -> {
            List<CompletableFuture<Long>> commits = new ArrayList<>();
            asked.forEach((partition, offset) -> commits.add(assignments
                    .find(partition)
                    .map(known -> session.committer().commit(known, offset))
                    .orElseGet(() -> CompletableFuture.failedFuture(Errors.partitionLost(partition)))));
            CompletableFuture<Void> unused = CompletableFuture.allOf(commits.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> {
                        if (failure == null) {
                            outcome.complete(null);
                        } else {
                            outcome.completeExceptionally(Errors.of(failure));
                        }
                    });
        });
        return outcome;
    }

    /** {@link #commitAsync()}, and waits for it. */
    public void commitSync() {
        Waiting.on(commitAsync(), waitMax(), "commit");
    }

    /** {@link #commitAsync(Map)}, and waits for it. */
    public void commitSync(Map<TopicPartition, Long> offsets) {
        Waiting.on(commitAsync(offsets), waitMax(), "commit");
    }

    /** What is under way ends by itself within the deadline. */
    private Duration waitMax() {
        return connection.deadline().multipliedBy(2);
    }

    private void requireGroup() {
        if (config.group().isEmpty()) {
            throw new IllegalStateException("a consumer without a group commits nothing");
        }
        assignments.requireOpen();
    }

    // ---- partitions

    /** The partitions that this consumer reads, as far as the application has been told. */
    public Set<TopicPartition> assignment() {
        return assignments.all().stream()
                .filter(partition -> lock.get(() -> partition.announced && !partition.revoked))
                .map(partition -> partition.partition)
                .collect(Collectors.toSet());
    }

    /** Hands out no more of this partition until it is resumed. Does nothing where it is not assigned. */
    public void pause(TopicPartition partition) {
        assignments.setPaused(partition, true);
    }

    /** Goes on where it was paused. */
    public void resume(TopicPartition partition) {
        if (assignments.setPaused(partition, false)) {
            connection.loop().execute(() -> session.restart("what was dropped while paused is to come again"));
        }
    }

    /**
     * Moves the group in one partition of this consumer. What was handed out before the returned future has completed may
     * still be processed, but not committed; what is handed out after is from the new place.
     *
     * @return the offset at which the group goes on
     * @throws IllegalStateException without a group
     */
    public CompletableFuture<Long> seek(TopicPartition partition, StartFrom to) {
        requireGroup();
        Optional<AssignedPartition> before = assignments.find(partition);
        SeekRequest request = SeekRequest.newBuilder()
                .setTopic(partition.topic())
                .setConsumerGroup(config.group().orElseThrow())
                .setPartition(partition.partition())
                .setTo(to.toProto())
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getSeekMethod(), request)
                .thenApply(response -> sought(partition, before, response));
    }

    private long sought(TopicPartition name, Optional<AssignedPartition> before, SeekResponse response) {
        long offset = response.getPartitionsList().stream()
                .filter(sought -> sought.getPartition() == name.partition())
                .mapToLong(SoughtPartition::getOffset)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the server does not say where it went"));
        if (before.isPresent() && assignments.leave(before.get(), offset)) {
            ClientLoop.Timer unused = connection.loop().after(connection.deadline(), () -> {
                if (assignments.isSoughtAway(name)) {
                    session.restart("the server does not go on at the offset sought");
                }
            });
        }
        return offset;
    }

    // ---- the end

    /**
     * Hands out no more, commits what is processed if that is automatic, and leaves the group, so that others go on at
     * once. May be called twice.
     */
    @Override
    public void close() {
        MqException closed = Errors.closed("the consumer");
        if (pump != null) {
            pump.stop();
            awaitListeners();
        }
        CompletableFuture<Void> settled = new CompletableFuture<>();
        connection.loop().execute(() -> {
            if (config.autoCommit().isPresent()) {
                session.committer().commitProcessed();
            }
            CompletableFuture<Void> unused = session.settle().thenRun(() -> settled.complete(null));
        });
        try {
            settled.get(connection.deadline().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            closed.addSuppressed(e);
        }
        connection.loop().execute(() -> session.shutDown(closed));
        onClose.run();
    }

    private void awaitListeners() {
        long until = System.nanoTime() + connection.deadline().toNanos();
        while (!pump.isIdle()
                && System.nanoTime() - until < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(IDLE_CHECK.toNanos());
        }
    }
}
