package io.mq.grpc;

import io.mq.core.broker.TopicDescription;
import io.mq.core.broker.TopicDescription.PartitionDescription;
import io.mq.core.message.TopicConfig;
import io.mq.proto.TopicSummary;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Translates what is said about topics. */
final class TopicMessages {

    private TopicMessages() {}

    static TopicConfig config(io.mq.proto.TopicConfig config) {
        return TopicConfig.asked(
                config.hasRetention()
                        ? Optional.of(Times.duration("config.retention", config.getRetention()))
                        : Optional.empty(),
                config.hasRetentionBytes() ? OptionalLong.of(config.getRetentionBytes()) : OptionalLong.empty(),
                config.hasMessageBytesMax() ? OptionalInt.of(config.getMessageBytesMax()) : OptionalInt.empty(),
                config.hasValidateCompressed() ? Optional.of(config.getValidateCompressed()) : Optional.empty());
    }

    private static io.mq.proto.TopicConfig toProto(TopicConfig config) {
        io.mq.proto.TopicConfig.Builder answer = io.mq.proto.TopicConfig.newBuilder();
        config.shownRetention().map(Times::toProto).ifPresent(answer::setRetention);
        config.shownRetentionBytes().ifPresent(answer::setRetentionBytes);
        config.messageBytesMax().ifPresent(answer::setMessageBytesMax);
        config.validateCompressed().ifPresent(answer::setValidateCompressed);
        return answer.build();
    }

    static TopicSummary toSummary(TopicDescription description) {
        return TopicSummary.newBuilder()
                .setName(description.topic().name())
                .setPartitions(description.topic().partitions())
                .setMessages(description.messages())
                .setBytes(description.bytes())
                .build();
    }

    static io.mq.proto.TopicDescription toProto(TopicDescription description) {
        io.mq.proto.TopicDescription.Builder answer = io.mq.proto.TopicDescription.newBuilder()
                .setName(description.topic().name())
                .setId(description.topic().id())
                .setConfig(toProto(description.topic().config()))
                .setCreatedAt(Times.toProto(description.topic().createdAt()))
                .setMessages(description.messages())
                .setBytes(description.bytes());
        description.partitions().forEach(partition -> answer.addPartitions(toProto(partition)));
        return answer.build();
    }

    private static io.mq.proto.PartitionDescription toProto(PartitionDescription partition) {
        return io.mq.proto.PartitionDescription.newBuilder()
                .setPartition(partition.partition())
                .setStartOffset(partition.start())
                .setEndOffset(partition.end())
                .setBytes(partition.bytes())
                .build();
    }
}
