package io.mq.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a consumer is to do. Immutable.
 *
 * @param topics at least one
 * @param group whose members share the partitions and go on from what the group has committed; empty to read all
 *     partitions alone, with nothing stored
 * @param consumerId this member's name, unique in its group: a second one of the same name ends the first. Empty for one
 *     that the server gives.
 * @param start where to begin in a partition for which the group has committed nothing
 * @param autoCommit how often what is processed is committed; empty to commit only what the application asks for
 * @param creditBytes what the server may send ahead of the application, in bytes
 * @param creditMessages what the server may send ahead of the application, in messages
 * @param pollMessagesMax that one poll returns
 * @param rebalanceListener is told of partitions that come and go
 */
public record ConsumerConfig(
        List<String> topics,
        Optional<String> group,
        Optional<String> consumerId,
        StartFrom start,
        Optional<Duration> autoCommit,
        long creditBytes,
        long creditMessages,
        int pollMessagesMax,
        RebalanceListener rebalanceListener) {

    public ConsumerConfig {
        topics = List.copyOf(topics);
        require(!topics.isEmpty(), "no topics");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(rebalanceListener, "rebalanceListener");
        require(creditBytes > 0, "creditBytes must be above zero");
        require(creditMessages > 0, "creditMessages must be above zero");
        require(pollMessagesMax > 0, "pollMessagesMax must be above zero");
        require(
                autoCommit
                        .map(interval -> !interval.isZero() && !interval.isNegative())
                        .orElse(true),
                "autoCommit must be above zero");
        require(group.isPresent() || consumerId.isEmpty(), "a consumerId is of use in a group only");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** For a member of a group. */
    public static Builder group(String group, String... topics) {
        return new Builder(Optional.of(group), List.of(topics));
    }

    /** For a consumer that reads all partitions alone and commits nothing. */
    public static Builder alone(String... topics) {
        return new Builder(Optional.empty(), List.of(topics));
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final Optional<String> group;
        private final List<String> topics;
        private Optional<String> consumerId = Optional.empty();
        private StartFrom start = StartFrom.earliest();
        private Optional<Duration> autoCommit = Optional.of(Duration.ofSeconds(1));
        private long creditBytes = 8 << 20;
        private long creditMessages = 100_000;
        private int pollMessagesMax = 10_000;
        private RebalanceListener rebalanceListener = new RebalanceListener() {};

        private Builder(Optional<String> group, List<String> topics) {
            this.group = group;
            this.topics = topics;
        }

        /** Default: one that the server gives. */
        public Builder consumerId(String id) {
            consumerId = Optional.of(id);
            return this;
        }

        /** Default: with the oldest message that is kept. */
        public Builder start(StartFrom from) {
            start = from;
            return this;
        }

        /** Default: every second. */
        public Builder autoCommit(Duration interval) {
            autoCommit = Optional.of(interval);
            return this;
        }

        /** The application commits. */
        public Builder manualCommit() {
            autoCommit = Optional.empty();
            return this;
        }

        /** Default: 8 MiB and 100,000 messages. */
        public Builder credit(long bytes, long messages) {
            creditBytes = bytes;
            creditMessages = messages;
            return this;
        }

        /** Default: 10,000. */
        public Builder pollMessagesMax(int messages) {
            pollMessagesMax = messages;
            return this;
        }

        public Builder rebalanceListener(RebalanceListener listener) {
            rebalanceListener = listener;
            return this;
        }

        /** @throws IllegalArgumentException where the values do not fit together */
        public ConsumerConfig build() {
            return new ConsumerConfig(
                    topics,
                    group,
                    consumerId,
                    start,
                    group.isEmpty() ? Optional.empty() : autoCommit,
                    creditBytes,
                    creditMessages,
                    pollMessagesMax,
                    rebalanceListener);
        }
    }
}
