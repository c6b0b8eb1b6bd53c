package io.mq.client;

import io.mq.proto.FrameResult;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A producer's stream to the server, and after it is lost the next one, for as long as it takes.
 *
 * <p>Confined to the loop.
 */
final class PublishSession implements PublishCall.Owner {

    /** What a session tells its owner; on the loop. */
    interface Owner {

        /** A stream is open. Its start has put an end to all that was under way on others. */
        void opened(PublishStreamReady ready);

        void result(FrameResult result);

        /** More may be sent. */
        void ready();

        /** The stream is gone, and with it the answers to what was sent; another is to come. */
        void interrupted();

        /** The stream is gone for a reason that another one would not cure. */
        void ended(MqException why);
    }

    private final PublishStreamInit init;
    private final Connection connection;
    private final Owner owner;
    private final Backoff reconnect;
    private final FirstStream first = new FirstStream();

    private PublishCall call;
    private boolean streaming;
    private boolean closed;

    /** Ends a stream that does not open, or opens the next. */
    private ClientLoop.Timer timer = () -> {};

    PublishSession(String topic, long producerId, Connection connection, Owner owner) {
        this.init = PublishStreamInit.newBuilder()
                .setTopic(topic)
                .setProducerId(producerId)
                .build();
        this.connection = connection;
        this.owner = owner;
        this.reconnect = connection.backoff();
    }

    /** Of the first stream; of any thread. */
    CompletableFuture<Void> firstOutcome() {
        return first.outcome();
    }

    void start() {
        first.begin(connection);
        open();
    }

    private void open() {
        if (closed) {
            return;
        }
        connection.wake();
        PublishCall attempt = PublishCall.create(connection, this);
        call = attempt;
        timer = connection.loop().after(connection.deadline(), () -> attempt.cancel("the server does not answer"));
        attempt.start(init);
    }

    @Override
    public void opened(PublishCall from, PublishStreamReady ready) {
        if (from != call) {
            return;
        }
        timer.cancel();
        reconnect.reset();
        streaming = true;
        owner.opened(ready);
        first.opened();
    }

    @Override
    public void result(PublishCall from, FrameResult result) {
        if (from == call) {
            owner.result(result);
        }
    }

    @Override
    public void ready(PublishCall from) {
        if (from == call) {
            owner.ready();
        }
    }

    @Override
    public void ended(PublishCall from, MqException why) {
        if (from != call || closed) {
            return;
        }
        if (!Errors.isRetryable(why.code())) {
            owner.ended(why);
            return;
        }
        first.failedForNow(why);
        forgetStream();
        reopenAfter(why.retryAfter().orElseGet(reconnect::next));
    }

    /** Puts an end to all that is under way, and opens another stream to find out what the server has of it. */
    void restart(String why) {
        PublishCall old = call;
        forgetStream();
        old.cancel(why);
        reopenAfter(reconnect.next());
    }

    private void forgetStream() {
        timer.cancel();
        call = null;
        streaming = false;
        owner.interrupted();
    }

    private void reopenAfter(Duration delay) {
        timer = connection.loop().after(delay, this::open);
    }

    boolean isStreaming() {
        return streaming;
    }

    boolean isReady() {
        return streaming && call.isReady();
    }

    void send(PublishFrame frame) {
        call.send(frame);
    }

    /** Runs it later, unless the present stream is gone by then. */
    void whileStreaming(Duration delay, Runnable task) {
        PublishCall present = call;
        ClientLoop.Timer unused = connection.loop().after(delay, () -> {
            if (present == call) {
                task.run();
            }
        });
    }

    /**
     * Opens no more streams and ends the present one.
     *
     * @param inOrder whether nothing is under way on it
     */
    void close(MqException why, boolean inOrder) {
        closed = true;
        timer.cancel();
        if (call != null && streaming && inOrder) {
            call.halfClose();
        } else if (call != null) {
            call.cancel("the producer is closed");
        }
        call = null;
        streaming = false;
        first.failedForGood(why);
    }
}
