package io.mq.web;

import io.mq.core.broker.TopicDescription;
import io.mq.core.config.DurationText;
import io.mq.core.message.TopicConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What is said about topics, in JSON. */
final class TopicJson {

    private static final String FOREVER = "forever";

    private TopicJson() {}

    /**
     * What a topic sets for itself; what is missing follows the broker's configuration.
     *
     * @param retention such as {@code 7d}, or {@code forever}
     * @param retentionBytes per partition; 0 for no limit
     * @param messageBytesMax key, payload and headers together
     */
    public record Config(String retention, Long retentionBytes, Integer messageBytesMax) {

        static TopicConfig read(Config config) {
            if (config == null) {
                return TopicConfig.DEFAULTS;
            }
            return TopicConfig.asked(
                    Optional.ofNullable(config.retention).map(Config::retention),
                    config.retentionBytes == null ? OptionalLong.empty() : OptionalLong.of(config.retentionBytes),
                    config.messageBytesMax == null ? OptionalInt.empty() : OptionalInt.of(config.messageBytesMax));
        }

        private static Duration retention(String text) {
            return text.equals(FOREVER) ? Duration.ZERO : Fields.duration("config.retention", text);
        }

        static Config of(TopicConfig config) {
            return new Config(
                    config.shownRetention()
                            .map(age -> age.isZero() ? FOREVER : DurationText.format(age))
                            .orElse(null),
                    config.shownRetentionBytes().isPresent()
                            ? (Long) config.shownRetentionBytes().getAsLong()
                            : null,
                    config.messageBytesMax().isPresent()
                            ? (Integer) config.messageBytesMax().getAsInt()
                            : null);
        }
    }

    /** @param partitions 1 where it is missing */
    public record Create(String name, Integer partitions, Config config) {}

    /** What is missing stays as it is. */
    public record Alter(Integer partitions, Config config) {}

    public record Summary(String name, int partitions, long messages, long bytes) {

        static Summary of(TopicDescription description) {
            return new Summary(
                    description.topic().name(),
                    description.topic().partitions(),
                    description.messages(),
                    description.bytes());
        }
    }

    /** @param nextPageToken missing on the last page */
    public record Listing(List<Summary> topics, String nextPageToken) {}

    /**
     * One partition.
     *
     * @param startOffset the oldest offset that is kept
     * @param endOffset the offset that the next message gets
     */
    public record Partition(int partition, long startOffset, long endOffset, long bytes) {}

    public record Description(
            String name,
            int id,
            Config config,
            String createdAt,
            List<Partition> partitions,
            long messages,
            long bytes) {

        static Description of(TopicDescription description) {
            return new Description(
                    description.topic().name(),
                    description.topic().id(),
                    Config.of(description.topic().config()),
                    description.topic().createdAt().toString(),
                    description.partitions().stream()
                            .map(p -> new Partition(p.partition(), p.start(), p.end(), p.bytes()))
                            .toList(),
                    description.messages(),
                    description.bytes());
        }
    }
}
