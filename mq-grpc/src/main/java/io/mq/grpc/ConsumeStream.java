package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.core.broker.Broker;
import io.mq.core.command.CommitOffsetCommand.Committed;
import io.mq.core.delivery.PartitionSlice;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.delivery.Subscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.grpc.OwnedPartitions.Key;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.Release;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * An open Consume call: a subscription for each topic, which share the call, its credit and what it owns. Sends while
 * the consumer has credit and its socket takes it, and reads its commits all the while.
 *
 * <p>Safe for use by any thread: requests come on the socket's, batches on those of the subscriptions.
 */
final class ConsumeStream implements StreamObserver<ConsumeRequest> {

    /** Commits under way and answers that the consumer has not read: beyond this it is read from no further. */
    private static final int ANSWERS_MAX = 1000;

    private final Broker broker;
    private final ServerCallStreamObserver<RawAnswer> call;
    private final ConsumeConfig config;
    private final String client;
    private final Optional<Executor> socket;
    private final FrameSize frameSize;

    /** Guarded by {@code this}, with all that follows. By topic. */
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();

    private final ConsumerCredit credit = new ConsumerCredit();
    private final OwnedPartitions owned = new OwnedPartitions();
    private String group = "";
    private boolean isInitialised;
    private boolean hasEnded;
    private Future<?> heartbeats = CompletableFuture.completedFuture(null);

    /** Commits that have no answer yet, and answers sent since the socket last took everything. */
    private int answersDue;

    private boolean isReading;

    /**
     * @param client the address of the consumer
     * @param socket the thread that serves the call's
     */
    ConsumeStream(
            Broker broker,
            ServerCallStreamObserver<RawAnswer> call,
            ConsumeConfig config,
            SendBudget budget,
            String client,
            Optional<Executor> socket) {
        this.broker = broker;
        this.call = call;
        this.config = config;
        this.client = client;
        this.socket = socket;
        this.frameSize = new FrameSize(budget);
    }

    /** To be called once, before the call's first message. */
    synchronized void begin() {
        call.disableAutoRequest();
        call.setOnReadyThreshold(ConsumeConfig.READY_BYTES);
        call.setOnReadyHandler(this::drained);
        call.setOnCancelHandler(this::cancelled);
        readOn();
    }

    /** Asks for another request, if there is none asked for and the consumer reads its answers. */
    private void readOn() {
        if (!isReading && !hasEnded && answersDue < ANSWERS_MAX) {
            isReading = true;
            call.request(1);
        }
    }

    private synchronized void drained() {
        frameSize.drained();
        answersDue = 0;
        readOn();
        subscriptions.values().forEach(Subscription::resume);
    }

    @Override
    public synchronized void onNext(ConsumeRequest request) {
        isReading = false;
        if (hasEnded) {
            return;
        }
        try {
            handle(request);
            readOn();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void handle(ConsumeRequest request) {
        if (!isInitialised && !request.hasInit()) {
            throw invalid("init", "must be the first request of a stream");
        }
        switch (request.getRequestCase()) {
            case INIT -> subscribe(request.getInit());
            case CREDIT -> {
                credit.add(request.getCredit());
                subscriptions.values().forEach(Subscription::resume);
            }
            case COMMIT -> commit(request.getCommit());
            case RELEASE -> release(request.getRelease());
            case REQUEST_NOT_SET -> throw invalid("request", "must be one of init, credit, commit and release");
        }
    }

    private static BrokerException invalid(String field, String text) {
        return BrokerException.of(Reason.INVALID_FIELD, field + " " + text, Map.of("field", field));
    }

    private void subscribe(ConsumeInit init) {
        if (isInitialised) {
            throw invalid("init", "came twice; open another stream for other topics");
        }
        isInitialised = true;
        group = init.getConsumerGroup();
        String consumerId =
                init.getConsumerId().isEmpty() && !group.isEmpty() ? broker.newConsumerId() : init.getConsumerId();
        for (SubscribeRequest request : ConsumeMessages.requests(init, consumerId, client)) {
            subscriptions.put(request.topic(), broker.subscribe(request, new TopicSubscriber()));
        }
        call.onNext(ConsumeMessages.ready(consumerId, config.heartbeatInterval()));
        heartbeats = config.scheduler()
                .scheduleWithFixedDelay(
                        this::sendHeartbeat,
                        config.heartbeatInterval().toNanos(),
                        config.heartbeatInterval().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private synchronized void sendHeartbeat() {
        // A socket that is full shows well enough that the server is there.
        if (!hasEnded && call.isReady()) {
            Map<String, Map<PartitionId, Long>> ends = new LinkedHashMap<>();
            subscriptions.forEach((topic, subscription) -> ends.put(topic, subscription.ends()));
            call.onNext(ConsumeMessages.heartbeat(ends));
        }
    }

    private void commit(ConsumeCommit commit) {
        answersDue++;
        CompletableFuture<Committed> committed;
        try {
            if (group.isEmpty()) {
                throw invalid("commit", "belongs to a consumer_group, and this stream was opened without one");
            }
            owned.requireSent(commit);
            committed = broker.groups()
                    .commit(
                            group,
                            commit.getTopic(),
                            commit.getPartition(),
                            commit.getOffset(),
                            commit.getMetadata(),
                            commit.getGeneration());
        } catch (BrokerException e) {
            committed = CompletableFuture.failedFuture(e);
        }
        var whenAnswered = committed.whenComplete((answer, failure) -> answer(commit, answer, failure));
    }

    private synchronized void answer(ConsumeCommit commit, Committed committed, Throwable failure) {
        if (hasEnded) {
            return;
        }
        call.onNext(ConsumeMessages.committed(commit, committed, failure));
        if (call.isReady()) {
            answersDue = Math.max(0, answersDue - 1);
        }
        readOn();
    }

    private void release(Release release) {
        owned.release(new Key(release.getTopic(), release.getPartition()), release.getGeneration())
                .run();
    }

    private synchronized void releaseLate(Key key, long generation) {
        if (!hasEnded) {
            owned.release(key, generation).run();
        }
    }

    /** One topic's subscription to what all of them share. */
    private final class TopicSubscriber implements Subscriber {

        @Override
        public boolean isReady() {
            synchronized (ConsumeStream.this) {
                return !hasEnded && credit.isLeft() && call.isReady();
            }
        }

        @Override
        public int readBytesMax() {
            synchronized (ConsumeStream.this) {
                return (int) Math.max(1, Math.min(credit.bytes(), frameSize.next()));
            }
        }

        @Override
        public Optional<Executor> socket() {
            return socket;
        }

        /** gRPC has copied what it was given to buffers of its own when it returns. */
        @Override
        public boolean keepsBytes() {
            return false;
        }

        @Override
        public PartitionSlice.Taken take(PartitionSlice offered) {
            synchronized (ConsumeStream.this) {
                if (hasEnded || !credit.isLeft()) {
                    return offered.nothing();
                }
                PartitionSlice slice = offered.upTo(credit.messages());
                PartitionSlice.Taken taken = slice.whole();
                credit.take(slice.records(), taken.bytes());
                owned.sent(key(slice.topic(), slice.partition()), taken.nextOffset());
                call.onNext(ConsumeMessages.batches(slice));
                frameSize.sent(slice.bytes().remaining(), call.isReady());
                return taken;
            }
        }

        @Override
        public void assigned(Topic topic, PartitionId partition, long generation, long offset) {
            synchronized (ConsumeStream.this) {
                owned.assigned(key(topic, partition), generation, offset);
                if (!hasEnded) {
                    call.onNext(ConsumeMessages.assigned(topic, partition, generation, offset));
                }
            }
        }

        @Override
        public void revoked(Topic topic, PartitionId partition, long generation, Runnable onReleased) {
            synchronized (ConsumeStream.this) {
                if (hasEnded) {
                    onReleased.run();
                    return;
                }
                Key key = key(topic, partition);
                owned.revoked(
                        key,
                        onReleased,
                        config.scheduler()
                                .schedule(
                                        () -> releaseLate(key, generation),
                                        config.releaseTimeout().toNanos(),
                                        TimeUnit.NANOSECONDS));
                call.onNext(ConsumeMessages.revoked(topic, partition, generation));
            }
        }

        @Override
        public void end(BrokerException reason) {
            fail(reason);
        }

        private static Key key(Topic topic, PartitionId partition) {
            return new Key(topic.name(), partition.partition());
        }
    }

    @Override
    public void onError(Throwable failure) {
        cancelled();
    }

    /** A consumer that has nothing more to say leaves. */
    @Override
    public synchronized void onCompleted() {
        if (!hasEnded) {
            ended();
            call.onCompleted();
        }
    }

    private synchronized void cancelled() {
        if (!hasEnded) {
            ended();
        }
    }

    private synchronized void fail(Throwable reason) {
        if (!hasEnded) {
            ended();
            if (!call.isCancelled()) {
                call.onError(StatusMapping.toException(reason));
            }
        }
    }

    private void ended() {
        hasEnded = true;
        heartbeats.cancel(false);
        owned.end();
        frameSize.end();
        subscriptions.values().forEach(Subscription::cancel);
    }
}
