package io.mq.grpc;

import com.google.protobuf.ByteString;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.DescribeConsumerGroupRequest;
import io.mq.proto.DescribeTopicRequest;
import io.mq.proto.Message;
import io.mq.proto.PublishRequest;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;

/** Requests as clients build them, with what most tests do not care about left out. */
final class Requests {

    static final StartPosition LATEST =
            StartPosition.newBuilder().setLatest(true).build();

    private Requests() {}

    static CreateTopicRequest.Builder topic(String name, int partitions) {
        return CreateTopicRequest.newBuilder().setName(name).setPartitions(partitions);
    }

    static PublishRequest.Builder message(String topic, String payload) {
        return PublishRequest.newBuilder().setTopic(topic).setPayload(ByteString.copyFromUtf8(payload));
    }

    static PublishRequest.Builder message(String topic, byte[] payload) {
        return PublishRequest.newBuilder().setTopic(topic).setPayload(ByteString.copyFrom(payload));
    }

    /** A reader on its own. */
    static SubscribeRequest reader(String topic) {
        return SubscribeRequest.newBuilder().setTopic(topic).build();
    }

    static SubscribeRequest reader(String topic, StartPosition start) {
        return SubscribeRequest.newBuilder().setTopic(topic).setStart(start).build();
    }

    static SubscribeRequest member(String topic, String group, String consumer) {
        return SubscribeRequest.newBuilder()
                .setTopic(topic)
                .setConsumerGroup(group)
                .setConsumerId(consumer)
                .build();
    }

    static CommitOffsetRequest commit(String topic, String group, int partition, long offset) {
        return CommitOffsetRequest.newBuilder()
                .setTopic(topic)
                .setConsumerGroup(group)
                .setPartition(partition)
                .setOffset(offset)
                .build();
    }

    static DescribeConsumerGroupRequest describeGroup(String group) {
        return DescribeConsumerGroupRequest.newBuilder().setConsumerGroup(group).build();
    }

    static DescribeTopicRequest describeTopic(String name) {
        return DescribeTopicRequest.newBuilder().setName(name).build();
    }

    static String text(Message message) {
        return message.getPayload().toStringUtf8();
    }
}
