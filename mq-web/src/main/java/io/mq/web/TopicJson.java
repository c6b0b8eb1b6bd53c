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
     * @param validateCompressed whether a compressed batch is restored and looked into before it is stored
     */
    public record TopicSettings(
            String retention, Long retentionBytes, Integer messageBytesMax, Boolean validateCompressed) {

        static TopicConfig read(TopicSettings config) {
            if (config == null) {
                return TopicConfig.DEFAULTS;
            }
            return TopicConfig.asked(
                    Optional.ofNullable(config.retention).map(TopicSettings::retention),
                    config.retentionBytes == null ? OptionalLong.empty() : OptionalLong.of(config.retentionBytes),
                    config.messageBytesMax == null ? OptionalInt.empty() : OptionalInt.of(config.messageBytesMax),
                    Optional.ofNullable(config.validateCompressed));
        }

        private static Duration retention(String text) {
            return text.equals(FOREVER) ? Duration.ZERO : Fields.duration("config.retention", text);
        }

        static TopicSettings of(TopicConfig config) {
            return new TopicSettings(
                    config.shownRetention()
                            .map(age -> age.isZero() ? FOREVER : DurationText.format(age))
                            .orElse(null),
                    config.shownRetentionBytes().isPresent()
                            ? (Long) config.shownRetentionBytes().getAsLong()
                            : null,
                    config.messageBytesMax().isPresent()
                            ? (Integer) config.messageBytesMax().getAsInt()
                            : null,
                    config.validateCompressed().orElse(null));
        }
    }

    /** @param partitions 1 where it is missing */
    public record CreateTopic(String name, Integer partitions, TopicSettings config) {}

    /** What is missing stays as it is. */
    public record AlterTopic(Integer partitions, TopicSettings config) {}

    public record TopicSummary(String name, int partitions, long messages, long bytes) {

        static TopicSummary of(TopicDescription description) {
            return new TopicSummary(
                    description.topic().name(),
                    description.topic().partitions(),
                    description.messages(),
                    description.bytes());
        }
    }

    /** @param nextPageToken missing on the last page */
    public record TopicList(List<TopicSummary> topics, String nextPageToken) {}

    /**
     * One partition.
     *
     * @param startOffset the oldest offset that is kept
     * @param endOffset the offset that the next message gets
     */
    public record TopicPartition(int partition, long startOffset, long endOffset, long bytes) {}

    public record TopicDetails(
            String name,
            int id,
            TopicSettings config,
            String createdAt,
            List<TopicPartition> partitions,
            long messages,
            long bytes) {

        static TopicDetails of(TopicDescription description) {
            return new TopicDetails(
                    description.topic().name(),
                    description.topic().id(),
                    TopicSettings.of(description.topic().config()),
                    description.topic().createdAt().toString(),
                    description.partitions().stream()
                            .map(p -> new TopicPartition(p.partition(), p.start(), p.end(), p.bytes()))
                            .toList(),
                    description.messages(),
                    description.bytes());
        }
    }
}
