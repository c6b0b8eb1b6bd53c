package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.core.broker.Broker;
import io.mq.core.broker.Page;
import io.mq.core.broker.TopicDescription;
import io.mq.core.delivery.Subscription;
import io.mq.core.message.Topic;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.AlterTopicResponse;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.CommitOffsetResponse;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.CreateTopicResponse;
import io.mq.proto.DeleteConsumerGroupRequest;
import io.mq.proto.DeleteConsumerGroupResponse;
import io.mq.proto.DeleteTopicRequest;
import io.mq.proto.DeleteTopicResponse;
import io.mq.proto.DescribeConsumerGroupRequest;
import io.mq.proto.DescribeConsumerGroupResponse;
import io.mq.proto.DescribeTopicRequest;
import io.mq.proto.DescribeTopicResponse;
import io.mq.proto.FetchOffsetsRequest;
import io.mq.proto.FetchOffsetsResponse;
import io.mq.proto.ListConsumerGroupsRequest;
import io.mq.proto.ListConsumerGroupsResponse;
import io.mq.proto.ListTopicsRequest;
import io.mq.proto.ListTopicsResponse;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceImplBase;
import io.mq.proto.PeekRequest;
import io.mq.proto.PeekResponse;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import io.mq.proto.SeekRequest;
import io.mq.proto.SeekResponse;
import io.mq.proto.SubscribeRequest;
import java.util.function.Function;

/**
 * The service that applications use, but for the calls that carry batches, {@link BatchCalls}. Calls run on the threads
 * that serve the sockets and wait for nothing there; what looks through many topics or groups goes to a thread of its
 * own.
 */
final class MessageQueueService extends MessageQueueServiceImplBase {

    private final Broker broker;
    private final Answers answers;
    private final EventLoops loops;

    MessageQueueService(Broker broker, Answers answers, EventLoops loops) {
        this.broker = broker;
        this.answers = answers;
        this.loops = loops;
    }

    @Override
    public void createTopic(CreateTopicRequest request, StreamObserver<CreateTopicResponse> caller) {
        answers.send(
                caller,
                () -> broker.topics()
                        .create(request.getName(), request.getPartitions(), TopicMessages.config(request.getConfig()))
                        .thenApply(created -> CreateTopicResponse.newBuilder()
                                .setSuccess(true)
                                .setTopic(describe(created.topic()))
                                .setCreated(created.isNew())
                                .build()));
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> caller) {
        answers.send(
                caller,
                () -> broker.publisher()
                        .publish(RecordMessages.request(request))
                        .thenApply(RecordMessages::toProto));
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Message> caller) {
        ServerCallStreamObserver<Message> call = (ServerCallStreamObserver<Message>) caller;
        try {
            Subscription subscription = broker.subscribe(
                    SubscribeMessages.request(request, ClientAddress.ofCurrentCall()),
                    new CallSubscriber(call, loops.ifCurrent()));
            // Both are called after this method has returned.
            call.setOnReadyHandler(subscription::resume);
            call.setOnCancelHandler(subscription::cancel);
        } catch (RuntimeException e) {
            caller.onError(StatusMapping.toException(e));
        }
    }

    @Override
    public void peek(PeekRequest request, StreamObserver<PeekResponse> caller) {
        answers.send(
                caller,
                () -> broker.reader()
                        .peek(
                                request.getTopic(),
                                request.getPartition(),
                                StartPositions.of("from", request.getFrom()),
                                FetchMessages.messagesMax(request),
                                FetchMessages.PEEK_BYTES_MAX)
                        .thenApply(FetchMessages::toProto));
    }

    @Override
    public void commitOffset(CommitOffsetRequest request, StreamObserver<CommitOffsetResponse> caller) {
        answers.send(
                caller,
                () -> broker.groups()
                        .commit(
                                request.getConsumerGroup(),
                                request.getTopic(),
                                request.getPartition(),
                                request.getOffset(),
                                request.getMetadata())
                        .thenApply(committed -> CommitOffsetResponse.newBuilder()
                                .setSuccess(true)
                                .setCommittedOffset(committed.offset())
                                .build()));
    }

    @Override
    public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> caller) {
        answers.compute(caller, () -> {
            Page<TopicDescription> page = Page.of(
                    broker.topics().list(),
                    description -> description.topic().name(),
                    new Page.Request(request.getNamePrefix(), request.getPageToken(), request.getPageSize()));
            ListTopicsResponse.Builder answer = ListTopicsResponse.newBuilder().setNextPageToken(page.nextToken());
            page.items().forEach(description -> answer.addTopics(TopicMessages.toSummary(description)));
            return answer.build();
        });
    }

    @Override
    public void describeTopic(DescribeTopicRequest request, StreamObserver<DescribeTopicResponse> caller) {
        answers.compute(
                caller,
                () -> DescribeTopicResponse.newBuilder()
                        .setTopic(TopicMessages.toProto(broker.topics().describe(request.getName())))
                        .build());
    }

    @Override
    public void alterTopic(AlterTopicRequest request, StreamObserver<AlterTopicResponse> caller) {
        answers.send(
                caller,
                () -> broker.topics()
                        .alter(request.getName(), request.getPartitions(), TopicMessages.config(request.getConfig()))
                        .thenApply(altered -> AlterTopicResponse.newBuilder()
                                .setTopic(describe(altered))
                                .build()));
    }

    private io.mq.proto.TopicDescription describe(Topic topic) {
        return TopicMessages.toProto(broker.topics().describe(topic));
    }

    @Override
    public void deleteTopic(DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> caller) {
        answers.send(
                caller,
                () -> broker.topics()
                        .delete(request.getName())
                        .thenApply(to(DeleteTopicResponse.getDefaultInstance())));
    }

    @Override
    public void fetchOffsets(FetchOffsetsRequest request, StreamObserver<FetchOffsetsResponse> caller) {
        answers.compute(
                caller,
                () -> GroupMessages.toOffsets(broker.groups().offsets(request.getConsumerGroup(), request.getTopic())));
    }

    @Override
    public void seek(SeekRequest request, StreamObserver<SeekResponse> caller) {
        answers.send(
                caller,
                () -> broker.groups().seek(SeekMessages.request(request)).thenApply(SeekMessages::toProto));
    }

    @Override
    public void listConsumerGroups(
            ListConsumerGroupsRequest request, StreamObserver<ListConsumerGroupsResponse> caller) {
        answers.compute(caller, () -> {
            Page<String> page = Page.of(
                    broker.groups().names(),
                    Function.identity(),
                    new Page.Request(request.getNamePrefix(), request.getPageToken(), request.getPageSize()));
            return ListConsumerGroupsResponse.newBuilder()
                    .addAllConsumerGroups(page.items())
                    .setNextPageToken(page.nextToken())
                    .build();
        });
    }

    @Override
    public void describeConsumerGroup(
            DescribeConsumerGroupRequest request, StreamObserver<DescribeConsumerGroupResponse> caller) {
        answers.compute(caller, () -> GroupMessages.toProto(broker.groups().describe(request.getConsumerGroup())));
    }

    @Override
    public void deleteConsumerGroup(
            DeleteConsumerGroupRequest request, StreamObserver<DeleteConsumerGroupResponse> caller) {
        answers.send(
                caller,
                () -> broker.groups()
                        .delete(request.getConsumerGroup())
                        .thenApply(to(DeleteConsumerGroupResponse.getDefaultInstance())));
    }

    private static <T> Function<Object, T> to(T answer) {
        return ignored -> answer;
    }
}
