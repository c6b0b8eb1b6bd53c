package io.mq.client;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mq.batch.BatchBuilder;
import io.mq.batch.Compression;
import io.mq.batch.Records;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceImplBase;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.SeekRequest;
import io.mq.proto.SeekResponse;
import io.mq.proto.SoughtPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;

/**
 * A broker in memory, on a real connection, that does what {@code mq.proto} says, and what a test wants to go wrong.
 *
 * <p>Guarded by itself.
 */
final class FakeBroker extends MessageQueueServiceImplBase implements AutoCloseable {

    static final String TOPIC = "t";

    volatile int batchBytesMax = 1 << 20;
    volatile long windowBytes = 4 << 20;

    private final Map<TopicPartition, FakeLog> logs = new HashMap<>();
    /** Of each topic: the shard of each partition; empty where there is one. */
    volatile List<Integer> partitionShards = List.of();

    private final Map<String, Integer> partitions = new HashMap<>();
    private final Map<Long, Integer> epochs = new HashMap<>();
    private final Map<Long, FakePublishStream> publishStreams = new HashMap<>();
    private final Queue<Runnable> heldAnswers = new ArrayDeque<>();
    private final Queue<OpeningFate> openingFates = new ArrayDeque<>();
    private final Queue<Runnable> lateOpenings = new ArrayDeque<>();
    private final FakeGroups groups = new FakeGroups(this);
    private Function<io.mq.proto.PublishFrame, FrameFate> fates = frame -> FrameFate.STORE;
    private boolean holdsAnswers;
    private int framesSeen;
    private int streamsSeen;
    private FakeServer server;

    static FakeBroker start(int partitions) {
        FakeBroker broker = new FakeBroker();
        broker.createTopic(TOPIC, partitions);
        broker.listen(0);
        return broker;
    }

    private void listen(int port) {
        server = FakeServer.start(service(), port, InsecureServerCredentials.create());
    }

    /** For servers beside this broker's own. */
    ServerServiceDefinition service() {
        return FakeConsumeMethod.inPlaceOfGenerated(this, groups);
    }

    String address() {
        return server.address();
    }

    MqClient client() {
        return MqClient.forTarget(address()).build();
    }

    synchronized void createTopic(String topic, int count) {
        partitions.put(topic, count);
        for (int partition = 0; partition < count; partition++) {
            logs.put(new TopicPartition(topic, partition), new FakeLog());
        }
    }

    /** Is away until {@link #comeBack}. */
    int goAway() {
        server.close();
        return server.port();
    }

    void comeBack(int port) {
        listen(port);
    }

    FakeGroups groups() {
        return groups;
    }

    synchronized void setFates(Function<io.mq.proto.PublishFrame, FrameFate> chosen) {
        fates = chosen;
    }

    synchronized FrameFate fateOf(io.mq.proto.PublishFrame frame) {
        framesSeen++;
        return fates.apply(frame);
    }

    /** Keeps the results of frames back, until {@link #letGo}. */
    synchronized void hold() {
        holdsAnswers = true;
    }

    synchronized void letGo() {
        holdsAnswers = false;
        while (!heldAnswers.isEmpty()) {
            heldAnswers.remove().run();
        }
    }

    synchronized void answer(Runnable answer) {
        if (holdsAnswers) {
            heldAnswers.add(answer);
        } else {
            answer.run();
        }
    }

    synchronized int framesSeen() {
        return framesSeen;
    }

    synchronized int streamsSeen() {
        return streamsSeen;
    }

    synchronized List<String> stored(int partition) {
        return log(TOPIC, partition).payloads();
    }

    synchronized List<String> stored() {
        List<String> all = new ArrayList<>();
        for (int partition = 0; partition < partitions(TOPIC); partition++) {
            all.addAll(stored(partition));
        }
        return all;
    }

    synchronized FakeLog log(String topic, int partition) {
        return logs.get(new TopicPartition(topic, partition));
    }

    synchronized boolean hasTopic(String topic) {
        return partitions.containsKey(topic);
    }

    synchronized int partitions(String topic) {
        return partitions.get(topic);
    }

    synchronized void appended() {
        groups.deliverAll();
    }

    /** What becomes of a request for a stream. */
    enum OpeningFate {
        ANSWERED,
        /** Carried out, and the answer does not arrive. */
        LOST,
        /** Carried out when its sender has given up on it. */
        LATE
    }

    /** Decides about the next request for a stream, and those behind it once they come. */
    synchronized void setOpeningFates(OpeningFate... next) {
        openingFates.addAll(List.of(next));
    }

    synchronized OpeningFate fateOfOpening() {
        return openingFates.isEmpty() ? OpeningFate.ANSWERED : openingFates.remove();
    }

    synchronized void carryOutLater(FakePublishStream stream, PublishStreamInit init) {
        lateOpenings.add(() -> publishStreamOpened(stream, init));
    }

    /** @return whether it was refused */
    synchronized boolean isRefusedWhenCarriedOutLate() {
        try {
            lateOpenings.remove().run();
            return false;
        } catch (StatusRuntimeException e) {
            return true;
        }
    }

    /**
     * @return the producer's new epoch; its stream before, if it is open, is at its end
     * @throws StatusRuntimeException where it is to follow another life than the latest
     */
    synchronized int publishStreamOpened(FakePublishStream stream, PublishStreamInit init) {
        streamsSeen++;
        long producerId = init.getProducerId();
        if (producerId == 0) {
            return 0;
        }
        int latest = epochs.getOrDefault(producerId, 0);
        if (init.hasAfterEpoch() && init.getAfterEpoch() != latest) {
            throw FakeErrors.of(Status.ABORTED, Reasons.PRODUCER_FENCED, Map.of("epoch", Integer.toString(latest)));
        }
        FakePublishStream before = publishStreams.put(producerId, stream);
        if (before != null) {
            before.end(FakeErrors.of(Status.ABORTED, Reasons.PRODUCER_FENCED));
        }
        return epochs.merge(producerId, 1, Integer::sum);
    }

    /** Ends all open PublishStreams. */
    synchronized void breakStreams() {
        publishStreams.values().forEach(stream -> stream.end(FakeErrors.of(Status.UNAVAILABLE, "SHUTTING_DOWN")));
    }

    /** Ends all open PublishStreams as those of another producer with the same id do. */
    synchronized void fence() {
        publishStreams.values().forEach(stream -> stream.end(FakeErrors.of(Status.ABORTED, Reasons.PRODUCER_FENCED)));
    }

    /** Stores messages as one batch. */
    synchronized void store(int partition, String... payloads) {
        BatchBuilder builder = new BatchBuilder(Compression.NONE);
        for (String payload : payloads) {
            builder.add(Records.record(payload));
        }
        log(TOPIC, partition).append(builder.build());
        appended();
    }

    @Override
    public synchronized void seek(SeekRequest request, StreamObserver<SeekResponse> answer) {
        TopicPartition partition = new TopicPartition(request.getTopic(), request.getPartition());
        groups.seek(partition, request.getTo().getOffset());
        answer.onNext(SeekResponse.newBuilder()
                .addPartitions(SoughtPartition.newBuilder()
                        .setPartition(partition.partition())
                        .setOffset(request.getTo().getOffset()))
                .build());
        answer.onCompleted();
    }

    @Override
    public StreamObserver<PublishStreamRequest> publishStream(StreamObserver<PublishStreamResponse> answers) {
        return new FakePublishStream(this, answers);
    }

    @Override
    public void close() {
        groups.close();
        server.close();
    }
}
