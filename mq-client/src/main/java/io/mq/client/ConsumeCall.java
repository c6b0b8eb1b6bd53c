package io.mq.client;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mq.client.ConsumeMethod.Event;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.Credit;
import io.mq.proto.Release;

/** One open Consume. Confined to the loop. */
final class ConsumeCall extends ClientCall.Listener<Event> implements LastingStream.Call {

    /** The credit that the consumer gives says how much may come. */
    private static final int EVENTS_MAX = Integer.MAX_VALUE;

    /** What a stream tells its owner; on the loop. */
    interface Owner {

        void received(ConsumeCall call, Event event);

        /** The last that is heard of the call. */
        void ended(ConsumeCall call, MqException why);
    }

    private final ClientCall<ConsumeRequest, Event> call;
    private final Owner owner;

    private ConsumeCall(ClientCall<ConsumeRequest, Event> call, Owner owner) {
        this.call = call;
        this.owner = owner;
    }

    /** A call that has yet to be started. */
    static ConsumeCall create(Connection connection, Owner owner) {
        return new ConsumeCall(
                connection.channel().newCall(ConsumeMethod.DESCRIPTOR, connection.streamOptions()), owner);
    }

    /** The owner must know the call: without a connection, it ends before this returns. */
    void start(ConsumeInit init, Credit credit) {
        call.start(this, new Metadata());
        call.request(EVENTS_MAX);
        call.sendMessage(ConsumeRequest.newBuilder().setInit(init).build());
        send(credit);
    }

    void send(Credit credit) {
        call.sendMessage(ConsumeRequest.newBuilder().setCredit(credit).build());
    }

    void send(ConsumeCommit commit) {
        call.sendMessage(ConsumeRequest.newBuilder().setCommit(commit).build());
    }

    void send(Release release) {
        call.sendMessage(ConsumeRequest.newBuilder().setRelease(release).build());
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
    public void onMessage(Event event) {
        owner.received(this, event);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        owner.ended(this, Errors.of(status, trailers));
    }
}
