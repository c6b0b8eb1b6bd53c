package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.CommitOffsetResponse;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.CreateTopicResponse;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MqProto;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import io.mq.proto.SubscribeRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What was released with v0.1.0 stays as it is. */
class WireContractTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @Test
    void theFieldNumbersOfTheFirstReleaseAreUnchanged() {
        assertThat(numbers(CreateTopicRequest.getDescriptor())).containsAllEntriesOf(Map.of("name", 1));
        assertThat(numbers(PublishRequest.getDescriptor()))
                .containsAllEntriesOf(Map.of("topic", 1, "payload", 2, "headers", 3, "partition", 4, "dlq", 5));
        assertThat(numbers(PublishResponse.getDescriptor())).containsAllEntriesOf(Map.of("message_id", 1));
        assertThat(numbers(SubscribeRequest.getDescriptor()))
                .containsAllEntriesOf(Map.of("topic", 1, "consumer_group", 2, "consumer_id", 3));
        assertThat(numbers(CommitOffsetRequest.getDescriptor()))
                .containsAllEntriesOf(Map.of("topic", 1, "consumer_group", 2, "offset", 3));
        assertThat(numbers(CreateTopicResponse.getDescriptor())).containsAllEntriesOf(Map.of("success", 1));
        assertThat(numbers(CommitOffsetResponse.getDescriptor())).containsAllEntriesOf(Map.of("success", 1));
    }

    private static Map<String, Integer> numbers(Descriptor message) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        message.getFields().forEach(field -> numbers.put(field.getName(), field.getNumber()));
        return numbers;
    }

    @Test
    void theFieldTypesOfTheFirstReleaseAreUnchanged() {
        Descriptor publish = PublishRequest.getDescriptor();

        assertThat(publish.findFieldByNumber(1).getType()).isEqualTo(FieldDescriptor.Type.STRING);
        assertThat(publish.findFieldByNumber(2).getType()).isEqualTo(FieldDescriptor.Type.BYTES);
        assertThat(publish.findFieldByNumber(3).isMapField()).isTrue();
        assertThat(publish.findFieldByNumber(4).getType()).isEqualTo(FieldDescriptor.Type.INT32);
        assertThat(publish.findFieldByNumber(5).getType()).isEqualTo(FieldDescriptor.Type.BOOL);
        assertThat(CommitOffsetRequest.getDescriptor().findFieldByNumber(3).getType())
                .isEqualTo(FieldDescriptor.Type.INT64);
    }

    @Test
    void theFourCallsOfTheFirstReleaseHaveTheirNames() {
        assertThat(MessageQueueServiceGrpc.getCreateTopicMethod().getFullMethodName())
                .isEqualTo("mq.MessageQueueService/CreateTopic");
        assertThat(MessageQueueServiceGrpc.getPublishMethod().getFullMethodName())
                .isEqualTo("mq.MessageQueueService/Publish");
        assertThat(MessageQueueServiceGrpc.getSubscribeMethod().getFullMethodName())
                .isEqualTo("mq.MessageQueueService/Subscribe");
        assertThat(MessageQueueServiceGrpc.getCommitOffsetMethod().getFullMethodName())
                .isEqualTo("mq.MessageQueueService/CommitOffset");
    }

    @Test
    void theProtoFileImportsNothingButGooglesWellKnownTypes() {
        assertThat(MqProto.getDescriptor().getDependencies())
                .extracting(FileDescriptor::getName)
                .allMatch(name -> name.startsWith("google/protobuf/"));
    }

    @Test
    void theExamplesOfTheReleaseNotesWorkOnAFreshServer() {
        CreateTopicResponse created = server.queue()
                .createTopic(json("{\"name\": \"test-topic\"}", CreateTopicRequest.newBuilder())
                        .build());
        PublishResponse published = server.queue()
                .publish(json(
                                "{\"topic\": \"test-topic\", \"payload\": \"SGVsbG8=\", \"headers\": {\"key\": \"value\"}}",
                                PublishRequest.newBuilder())
                        .build());
        Tail tail = server.subscribe(json(
                        "{\"topic\": \"test-topic\", \"consumer_group\": \"test-group\", \"consumer_id\": \"consumer-1\"}",
                        SubscribeRequest.newBuilder())
                .build());
        List<io.mq.proto.Message> received = tail.await(1);
        CommitOffsetResponse committed = server.queue()
                .commitOffset(json(
                                "{\"topic\": \"test-topic\", \"consumer_group\": \"test-group\", \"offset\": 1}",
                                CommitOffsetRequest.newBuilder())
                        .build());

        assertThat(created.getSuccess()).isTrue();
        assertThat(published.getMessageId()).isNotEmpty();
        assertThat(received.get(0).getMessageId()).isEqualTo(published.getMessageId());
        assertThat(received.get(0).getPayload().toStringUtf8()).isEqualTo("Hello");
        assertThat(received.get(0).getHeadersMap()).containsExactly(Map.entry("key", "value"));
        assertThat(committed.getSuccess()).isTrue();
        assertThat(committed.getCommittedOffset()).isEqualTo(1);
    }

    private static <B extends Message.Builder> B json(String text, B builder) {
        try {
            JsonFormat.parser().merge(text, builder);
            return builder;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
