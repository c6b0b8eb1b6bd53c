package io.mq.client;

import io.mq.client.Commits.Pending;
import io.mq.proto.Committed;
import io.mq.proto.ConsumeCommit;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Commits offsets: on the stream that is open, and again on the next one where the answer did not come.
 *
 * <p>Confined to the loop.
 */
final class Committer {

    private final ConsumerConfig config;
    private final Connection connection;
    private final ConsumerLock lock;
    private final Assignments assignments;
    private final Runnable settled;
    private final Commits commits = new Commits();

    /** The stream that is open, or null. */
    private ConsumeCall stream;

    private ClientLoop.Timer autoCommit = () -> {};
    private MqException closed;

    /** @param settled runs when some commit is no longer pending */
    Committer(
            ConsumerConfig config,
            Connection connection,
            ConsumerLock lock,
            Assignments assignments,
            Runnable settled) {
        this.config = config;
        this.connection = connection;
        this.lock = lock;
        this.assignments = assignments;
        this.settled = settled;
    }

    void start() {
        config.autoCommit()
                .ifPresent(interval -> autoCommit = connection.loop().every(interval, this::commitProcessed));
    }

    void streamOpened(ConsumeCall call) {
        stream = call;
    }

    void streamGone() {
        stream = null;
    }

    /** @return the offset that is committed then, which may be a later one */
    CompletableFuture<Long> commit(AssignedPartition partition, long offset) {
        CompletableFuture<Long> outcome = new CompletableFuture<>();
        if (closed != null) {
            outcome.completeExceptionally(closed);
            return outcome;
        }
        Pending commit = new Pending(partition.partition, partition.generation, offset, outcome);
        lock.run(() -> partition.commitAsked = Math.max(partition.commitAsked, offset));
        commits.add(commit);
        send(commit);
        ClientLoop.Timer timeout = connection.loop().after(connection.deadline(), () -> {
            if (commits.remove(commit)) {
                fail(commit, Errors.outcomeUnknown(connection.deadline()));
                settled.run();
            }
        });
        return outcome.whenComplete((done, failure) -> connection.loop().execute(timeout::cancel));
    }

    private void send(Pending commit) {
        if (stream != null) {
            commit.sentOn = stream;
            stream.send(ConsumeCommit.newBuilder()
                    .setTopic(commit.partition.topic())
                    .setPartition(commit.partition.partition())
                    .setOffset(commit.offset)
                    .setGeneration(commit.generation)
                    .build());
        }
    }

    /** Commits what the application is through with and was not committed before. */
    void commitProcessed() {
        assignments.all().forEach(this::commitProcessed);
    }

    void commitProcessed(AssignedPartition partition) {
        long due = lock.get(() -> partition.processed > partition.commitAsked ? partition.processed : -1);
        if (due >= 0 && stream != null) {
            // What fails is tried again with the next one.
            CompletableFuture<Long> unused = commit(partition, due);
        }
    }

    // ---- what the server says

    void answered(Committed answer) {
        Pending commit = commits.answered(answer);
        if (commit == null) {
            return;
        }
        if (answer.hasFailed()) {
            fail(commit, Errors.of(answer.getFailed()));
        } else {
            succeed(commit, answer.getCommittedOffset());
        }
        settled.run();
    }

    /** A partition goes on under another generation: what was not answered is sent again. */
    void continued(TopicPartition partition, long generation) {
        commits.continued(partition, generation, stream).forEach(this::send);
    }

    /** A partition does not go on: no answer is to come to what was sent before this stream. */
    void lost(TopicPartition partition) {
        failAll(commits.removeLost(partition, stream), Errors.partitionLost(partition));
        settled.run();
    }

    // ---- outcomes

    private void succeed(Pending commit, long committed) {
        lock.run(() -> assignments
                .find(commit.partition)
                .filter(partition -> partition.generation == commit.generation)
                .ifPresent(partition -> partition.committed = Math.max(partition.committed, committed)));
        connection.callbacks().execute(() -> commit.outcome.complete(committed));
    }

    private void failAll(List<Pending> all, MqException why) {
        all.forEach(commit -> fail(commit, why));
    }

    private void fail(Pending commit, MqException why) {
        lock.run(() -> assignments
                .find(commit.partition)
                .filter(partition -> !why.isOutcomeUnknown())
                .ifPresent(partition -> partition.commitAsked = partition.committed));
        connection.callbacks().execute(() -> commit.outcome.completeExceptionally(why));
    }

    // ---- what is pending

    boolean isIdle() {
        return commits.isEmpty();
    }

    boolean hasPending(AssignedPartition partition) {
        return commits.hasAnyOf(partition);
    }

    /** Sends no more, and fails what is pending. */
    void close(MqException why) {
        closed = why;
        stream = null;
        autoCommit.cancel();
        failAll(commits.drain(), why);
    }
}
