package io.mq.grpc;

import io.mq.core.command.CommitOffsetCommand.Committed;
import io.mq.core.delivery.PartitionSlice;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.proto.AckMode;
import io.mq.proto.Assigned;
import io.mq.proto.Batches;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeReady;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Heartbeat;
import io.mq.proto.PartitionEnd;
import io.mq.proto.Revoked;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Translates what goes over a Consume call. */
final class ConsumeMessages {

    private ConsumeMessages() {}

    /**
     * One subscription for each topic.
     *
     * @throws BrokerException {@link Reason#INVALID_FIELD}
     */
    static List<SubscribeRequest> requests(ConsumeInit init, String consumerId, String client) {
        require(!init.getTopicsList().isEmpty(), "topics", "must name at least one topic");
        require(
                new HashSet<>(init.getTopicsList()).size() == init.getTopicsCount(),
                "topics",
                "must name each topic once");
        require(
                init.getAckMode() == AckMode.LOG || init.getAckMode() == AckMode.ACK_MODE_UNSPECIFIED,
                "ack_mode",
                "must be LOG or unset");
        var start = StartPositions.of("start", init.getStart());
        return init.getTopicsList().stream()
                .map(topic -> new SubscribeRequest(
                        topic, init.getConsumerGroup(), consumerId, client, OptionalInt.empty(), start))
                .toList();
    }

    private static void require(boolean condition, String field, String text) {
        if (!condition) {
            throw BrokerException.of(Reason.INVALID_FIELD, field + " " + text, Map.of("field", field));
        }
    }

    static RawAnswer ready(String consumerId, Duration heartbeatInterval) {
        return RawAnswer.of(ConsumeResponse.newBuilder()
                .setReady(ConsumeReady.newBuilder()
                        .setConsumerId(consumerId)
                        .setHeartbeatInterval(Times.toProto(heartbeatInterval)))
                .build());
    }

    static RawAnswer batches(PartitionSlice slice) {
        ByteBuffer bytes = slice.bytes();
        return () -> StoredBatches.field(ConsumeResponse.BATCHES_FIELD_NUMBER, bytes, out -> {
            out.writeString(Batches.TOPIC_FIELD_NUMBER, slice.topic().name());
            out.writeInt32(Batches.PARTITION_FIELD_NUMBER, slice.partition().partition());
            out.writeInt64(Batches.GENERATION_FIELD_NUMBER, slice.generation());
            out.writeInt64(Batches.FROM_OFFSET_FIELD_NUMBER, slice.fromOffset());
        });
    }

    static RawAnswer assigned(Topic topic, PartitionId partition, long generation, long offset) {
        return RawAnswer.of(ConsumeResponse.newBuilder()
                .setAssigned(Assigned.newBuilder()
                        .setTopic(topic.name())
                        .setPartition(partition.partition())
                        .setGeneration(generation)
                        .setOffset(offset))
                .build());
    }

    static RawAnswer revoked(Topic topic, PartitionId partition, long generation) {
        return RawAnswer.of(ConsumeResponse.newBuilder()
                .setRevoked(Revoked.newBuilder()
                        .setTopic(topic.name())
                        .setPartition(partition.partition())
                        .setGeneration(generation))
                .build());
    }

    static RawAnswer committed(ConsumeCommit commit, Committed committed, Throwable failure) {
        io.mq.proto.Committed.Builder answer = io.mq.proto.Committed.newBuilder()
                .setTopic(commit.getTopic())
                .setPartition(commit.getPartition())
                .setGeneration(commit.getGeneration())
                .setOffset(commit.getOffset());
        if (failure == null) {
            answer.setCommittedOffset(committed.offset());
        } else {
            answer.setFailed(StatusMapping.toFailed(failure));
        }
        return RawAnswer.of(ConsumeResponse.newBuilder().setCommitted(answer).build());
    }

    static RawAnswer heartbeat(Map<String, Map<PartitionId, Long>> ends) {
        Heartbeat.Builder heartbeat = Heartbeat.newBuilder();
        ends.forEach((topic, byPartition) ->
                byPartition.forEach((partition, end) -> heartbeat.addEnds(PartitionEnd.newBuilder()
                        .setTopic(topic)
                        .setPartition(partition.partition())
                        .setEndOffset(end))));
        return RawAnswer.of(ConsumeResponse.newBuilder().setHeartbeat(heartbeat).build());
    }
}
