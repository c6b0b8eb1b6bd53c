package io.mq.client;

import io.mq.client.ConsumeMethod.Event;
import io.mq.proto.Assigned;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeReady;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Credit;
import io.mq.proto.Release;
import io.mq.proto.Revoked;
import io.mq.proto.StartPosition;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A consumer's side of the conversation with the server, over one stream after the other.
 *
 * <p>Confined to the loop, but for {@link #start} and {@link #renewCredit}.
 */
final class ConsumeSession implements ConsumeCall.Owner, LastingStream.Owner<ConsumeCall> {

    /** Silence of so many intervals between heartbeats means that nobody is there. */
    private static final int SILENT_INTERVALS_MAX = 2;

    private final ConsumerConfig config;
    private final Connection connection;
    private final Assignments assignments;
    private final ReceiveBuffer buffer;
    private final TakenCredit credit;
    private final Committer committer;
    private final LastingStream<ConsumeCall> stream;

    /** Revoked partitions that go to others as soon as their commits are answered. */
    private final Set<AssignedPartition> toRelease = new HashSet<>();

    /** Completes when no commit is pending any more after the end was asked for. */
    private CompletableFuture<Void> ending;

    private Optional<String> consumerId;

    /** Looks whether the server is silent, while it should not be. */
    private ClientLoop.Timer watch = () -> {};

    private Duration heartbeatInterval = Duration.ZERO;
    private long heardNanos;

    ConsumeSession(
            ConsumerConfig config,
            Connection connection,
            ConsumerLock lock,
            Assignments assignments,
            ReceiveBuffer buffer,
            TakenCredit credit) {
        this.config = config;
        this.connection = connection;
        this.assignments = assignments;
        this.buffer = buffer;
        this.credit = credit;
        this.committer = new Committer(config, connection, lock, assignments, this::settled);
        this.stream = new LastingStream<>(connection, this);
        this.consumerId = config.consumerId();
    }

    /** @return what completes when the first stream is open, or fails where none is within the deadline */
    CompletableFuture<Void> start() {
        connection.loop().execute(() -> {
            committer.start();
            stream.start();
        });
        return stream.firstOutcome();
    }

    Committer committer() {
        return committer;
    }

    // ---- streams

    @Override
    public ConsumeCall create() {
        return ConsumeCall.create(connection, this);
    }

    @Override
    public void start(ConsumeCall call) {
        Credit all = Credit.newBuilder()
                .setMessages(config.creditMessages())
                .setBytes(config.creditBytes())
                .build();
        call.start(init(), all);
    }

    private ConsumeInit init() {
        return ConsumeInit.newBuilder()
                .addAllTopics(config.topics())
                .setConsumerGroup(config.group().orElse(""))
                .setConsumerId(consumerId.orElse(""))
                .setStart(startPosition())
                .build();
    }

    /** A consumer without a group has nobody to remember where it was. */
    private StartPosition startPosition() {
        OptionalLong lowest = config.group().isPresent()
                ? OptionalLong.empty()
                : assignments.all().stream()
                        .mapToLong(partition -> partition.position)
                        .min();
        return lowest.isPresent()
                ? StartPosition.newBuilder().setOffset(lowest.getAsLong()).build()
                : config.start().toProto();
    }

    @Override
    public void received(ConsumeCall from, Event event) {
        if (from != stream.present()) {
            return;
        }
        heardNanos = System.nanoTime();
        if (event.batches() != null) {
            buffer.receive(event.batches());
            giveCredit();
            return;
        }
        ConsumeResponse response = event.response();
        switch (response.getResponseCase()) {
            case READY -> stream.opened(() -> opened(response.getReady()));
            case ASSIGNED -> assigned(response.getAssigned());
            case REVOKED -> revoked(response.getRevoked());
            case COMMITTED -> committer.answered(response.getCommitted());
            case HEARTBEAT -> heartbeat();
            // Batches come as bytes; what this client does not know is passed over.
            case BATCHES, RESPONSE_NOT_SET -> {}
        }
    }

    private void opened(ConsumeReady ready) {
        watch.cancel();
        committer.streamOpened(stream.present());
        consumerId = config.group().map(group -> ready.getConsumerId());
        heartbeatInterval = Times.of(ready.getHeartbeatInterval());
        if (!heartbeatInterval.isZero()) {
            watch = connection.loop().every(heartbeatInterval, this::watchForSilence);
        }
    }

    private void watchForSilence() {
        long silent = System.nanoTime() - heardNanos;
        if (silent > SILENT_INTERVALS_MAX * heartbeatInterval.toNanos()) {
            restart("the server is silent");
        }
    }

    @Override
    public void ended(ConsumeCall from, MqException why) {
        if (from != stream.present()) {
            return;
        }
        if (Errors.isRetryable(why.code()) || why.reason().equals(Reasons.SUBSCRIBER_STALLED)) {
            stream.lost(why);
        } else {
            shutDown(why);
        }
    }

    /** Ends the stream and opens another, which begins with what is committed. */
    void restart(String why) {
        stream.restart(why);
    }

    @Override
    public void interrupted() {
        watch.cancel();
        committer.streamGone();
        toRelease.clear();
        assignments.suspend();
    }

    // ---- what the server says

    private void assigned(Assigned assigned) {
        TopicPartition partition = new TopicPartition(assigned.getTopic(), assigned.getPartition());
        long generation = assigned.getGeneration();
        if (assignments.assign(partition, generation, assigned.getOffset())) {
            committer.continued(partition, generation);
            return;
        }
        committer.lost(partition);
        if (config.group().isPresent() && !config.start().equals(StartFrom.earliest())) {
            // Where nothing is committed, "latest" would be another place after the next interruption.
            assignments.find(partition).ifPresent(fresh -> {
                CompletableFuture<Long> unused = committer.commit(fresh, assigned.getOffset());
            });
        }
    }

    private void revoked(Revoked revoked) {
        assignments.revoke(new TopicPartition(revoked.getTopic(), revoked.getPartition()), revoked.getGeneration());
        giveCredit();
    }

    private void heartbeat() {
        for (AssignedPartition lost : assignments.giveUpSuspended()) {
            committer.lost(lost.partition);
        }
    }

    // ---- handing over

    /** The application is through with a partition that was revoked. */
    void release(AssignedPartition partition) {
        assignments.forget(partition);
        if (stream.isOpen()) {
            toRelease.add(partition);
            settled();
        }
    }

    /** Some commit is no longer pending: what waited for that may be due. */
    private void settled() {
        toRelease.removeIf(partition -> {
            boolean isDue = stream.isOpen() && !committer.hasPending(partition);
            if (isDue) {
                stream.present()
                        .send(Release.newBuilder()
                                .setTopic(partition.partition.topic())
                                .setPartition(partition.partition.partition())
                                .setGeneration(partition.generation)
                                .build());
            }
            return isDue;
        });
        if (ending != null && committer.isIdle()) {
            ending.complete(null);
        }
    }

    // ---- credit

    /** Gives credit for what the application has taken, if it is due. Safe for use by any thread. */
    void renewCredit() {
        if (credit.isDue()) {
            connection.loop().execute(this::giveCredit);
        }
    }

    private void giveCredit() {
        if (stream.isOpen()) {
            credit.poll().ifPresent(stream.present()::send);
        }
    }

    // ---- the end

    /** @return what completes when no commit is pending any more */
    CompletableFuture<Void> settle() {
        ending = new CompletableFuture<>();
        settled();
        return ending;
    }

    void shutDown(MqException why) {
        if (stream.isClosed()) {
            return;
        }
        watch.cancel();
        committer.close(why);
        if (ending != null) {
            ending.complete(null);
        }
        assignments.close(why);
        stream.close(why, true);
    }
}
