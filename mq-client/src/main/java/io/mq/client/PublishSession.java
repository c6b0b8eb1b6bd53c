package io.mq.client;

import io.mq.proto.FrameResult;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A producer's side of the conversation with the server, over one stream after the other.
 *
 * <p>Confined to the loop.
 */
final class PublishSession implements PublishCall.Owner, LastingStream.Owner<PublishCall> {

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
    private final ProducerLives lives;
    private final Connection connection;
    private final Owner owner;
    private final LastingStream<PublishCall> stream;

    /** @param lives of that number; without meaning for 0, which is nobody's */
    PublishSession(String topic, long producerId, ProducerLives lives, int shard, Connection connection, Owner owner) {
        this.init = PublishStreamInit.newBuilder()
                .setTopic(topic)
                .setProducerId(producerId)
                .setShard(shard)
                .build();
        this.lives = lives;
        this.connection = connection;
        this.owner = owner;
        this.stream = new LastingStream<>(connection, this);
    }

    /** Of the first stream; of any thread. */
    CompletableFuture<Void> firstOutcome() {
        return stream.firstOutcome();
    }

    void start() {
        stream.start();
    }

    // ---- streams

    @Override
    public PublishCall create() {
        return PublishCall.create(connection, this);
    }

    @Override
    public void start(PublishCall call) {
        PublishStreamInit.Builder opening = init.toBuilder();
        if (init.getProducerId() != 0) {
            lives.follow(opening);
        }
        call.start(opening.build());
    }

    @Override
    public void interrupted() {
        owner.interrupted();
    }

    @Override
    public void opened(PublishCall from, PublishStreamReady ready) {
        if (from == stream.present()) {
            lives.begun(ready.getProducerEpoch());
            stream.opened(() -> owner.opened(ready));
        }
    }

    @Override
    public void result(PublishCall from, FrameResult result) {
        if (from == stream.present()) {
            owner.result(result);
        }
    }

    @Override
    public void ready(PublishCall from) {
        if (from == stream.present()) {
            owner.ready();
        }
    }

    @Override
    public void ended(PublishCall from, MqException why) {
        if (from != stream.present()) {
            return;
        }
        if (Errors.isRetryable(why.code()) || lives.isOvertaken(why)) {
            stream.lost(why);
        } else {
            owner.ended(why);
        }
    }

    /** Puts an end to all that is under way, and opens another stream to find out what the server has of it. */
    void restart(String why) {
        stream.restart(why);
    }

    boolean isStreaming() {
        return stream.isOpen();
    }

    boolean isReady() {
        return stream.isOpen() && stream.present().isReady();
    }

    void send(PublishFrame frame) {
        stream.present().send(frame);
    }

    /** Runs it later, unless the present stream is gone by then. */
    void whileStreaming(Duration delay, Runnable task) {
        PublishCall present = stream.present();
        ClientLoop.Timer unused = connection.loop().after(delay, () -> {
            if (present == stream.present()) {
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
        stream.close(why, inOrder);
    }
}
