package io.mq.client;

import io.mq.proto.Committed;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Commits that the server has not answered. Confined to the loop.
 */
final class Commits {

    /** One that is under way. Its generation changes where the partition is assigned anew to the same consumer. */
    static final class Pending {
        final TopicPartition partition;
        final long offset;
        final CompletableFuture<Long> outcome;
        long generation;

        /** The stream on which it was sent last; that one's answers are still to come. */
        ConsumeCall sentOn;

        Pending(TopicPartition partition, long generation, long offset, CompletableFuture<Long> outcome) {
            this.partition = partition;
            this.generation = generation;
            this.offset = offset;
            this.outcome = outcome;
        }
    }

    private final List<Pending> pending = new ArrayList<>();

    void add(Pending commit) {
        pending.add(commit);
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    boolean hasAnyOf(AssignedPartition partition) {
        return pending.stream()
                .anyMatch(commit ->
                        commit.partition.equals(partition.partition) && commit.generation == partition.generation);
    }

    /** The commit that this answers, which is then no longer pending; or null. */
    Pending answered(Committed answer) {
        TopicPartition partition = new TopicPartition(answer.getTopic(), answer.getPartition());
        for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
            Pending commit = all.next();
            if (commit.partition.equals(partition)
                    && commit.generation == answer.getGeneration()
                    && commit.offset == answer.getOffset()) {
                all.remove();
                return commit;
            }
        }
        return null;
    }

    /** The commits of a partition that goes on, on this stream and under this generation; they are pending still. */
    List<Pending> continued(TopicPartition partition, long generation, ConsumeCall stream) {
        List<Pending> continued = pending.stream()
                .filter(commit -> commit.partition.equals(partition) && commit.sentOn != stream)
                .toList();
        continued.forEach(commit -> commit.generation = generation);
        return continued;
    }

    /** Takes out the commits of this partition that no answer on this stream is to come to. */
    List<Pending> removeLost(TopicPartition partition, ConsumeCall stream) {
        List<Pending> lost = pending.stream()
                .filter(commit -> commit.partition.equals(partition) && commit.sentOn != stream)
                .toList();
        pending.removeAll(lost);
        return lost;
    }

    boolean remove(Pending commit) {
        return pending.remove(commit);
    }

    List<Pending> drain() {
        List<Pending> all = List.copyOf(pending);
        pending.clear();
        return all;
    }
}
