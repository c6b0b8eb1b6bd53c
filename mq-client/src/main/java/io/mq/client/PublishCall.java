package io.mq.client;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mq.proto.FrameResult;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;

/** One open PublishStream. Confined to the loop. */
final class PublishCall extends ClientCall.Listener<PublishStreamResponse> implements LastingStream.Call {

    /** Two batches are passed to the connection, so that it has one to send while the other is made. */
    private static final int QUEUED_BYTES_MAX = 1 << 20;

    /** Every answer is small and there are no more of them than frames are in flight. */
    private static final int ANSWERS_MAX = Integer.MAX_VALUE;

    /** What a stream tells its owner; on the loop. */
    interface Owner {

        void opened(PublishCall call, PublishStreamReady ready);

        void result(PublishCall call, FrameResult result);

        /** More may be sent. */
        void ready(PublishCall call);

        /** The last that is heard of the call. */
        void ended(PublishCall call, MqException why);
    }

    private final ClientCall<PublishFrame, PublishStreamResponse> call;
    private final Owner owner;

    private PublishCall(ClientCall<PublishFrame, PublishStreamResponse> call, Owner owner) {
        this.call = call;
        this.owner = owner;
    }

    /** A call that has yet to be started. */
    static PublishCall create(Connection connection, Owner owner) {
        return new PublishCall(
                connection
                        .channel()
                        .newCall(
                                PublishMethod.DESCRIPTOR,
                                connection.streamOptions().withOnReadyThreshold(QUEUED_BYTES_MAX)),
                owner);
    }

    /** The owner must know the call: without a connection, it ends before this returns. */
    void start(PublishStreamInit init) {
        call.start(this, new Metadata());
        call.request(ANSWERS_MAX);
        call.sendMessage(PublishFrame.init(
                PublishStreamRequest.newBuilder().setInit(init).build()));
    }

    boolean isReady() {
        return call.isReady();
    }

    void send(PublishFrame frame) {
        call.sendMessage(frame);
    }

    @Override
    public void halfClose() {
        call.halfClose();
    }

    @Override
    public void cancel(String why) {
        call.cancel(why, null);
    }

    @Override
    public void onMessage(PublishStreamResponse response) {
        switch (response.getResponseCase()) {
            case READY -> owner.opened(this, response.getReady());
            case RESULT -> owner.result(this, response.getResult());
            case RESPONSE_NOT_SET -> cancel("the server sent something that this client does not know");
        }
    }

    @Override
    public void onReady() {
        owner.ready(this);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        owner.ended(this, Errors.of(status, trailers));
    }
}
