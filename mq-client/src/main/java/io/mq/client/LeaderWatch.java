package io.mq.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.Leader;
import io.mq.proto.WatchLeaderRequest;
import java.time.Duration;
import java.util.Set;

/**
 * Has any of the servers say which one leads, for as long as the client lasts. Where that server falls silent, the client
 * leaves it for the next one in its list.
 *
 * <p>Confined to the loop.
 */
final class LeaderWatch {

    /** Of the time within which there should have been another message. */
    private static final int SILENCE_FACTOR = 3;

    /** A server of an earlier version, or one that does not let this client know: it passes calls on all the same. */
    private static final Set<Code> NOT_TOLD = Set.of(Code.UNIMPLEMENTED, Code.PERMISSION_DENIED, Code.UNAUTHENTICATED);

    private final ManagedChannel any;
    private final CallOptions options;
    private final ClientLoop loop;
    private final Backoff backoff;
    private final AddressOrder order;
    private final Routes routes;

    /** Null where none is open. */
    private Watching present;

    private ClientLoop.Timer timer = () -> {};
    private boolean hasStarted;
    private boolean isClosed;

    LeaderWatch(
            ManagedChannel any,
            CallOptions options,
            ClientLoop loop,
            Backoff backoff,
            AddressOrder order,
            Routes routes) {
        this.any = any;
        this.options = options;
        this.loop = loop;
        this.backoff = backoff;
        this.order = order;
        this.routes = routes;
    }

    /** May be called again. */
    void start() {
        if (!hasStarted) {
            hasStarted = true;
            call();
        }
    }

    private void call() {
        if (!isClosed) {
            present = new Watching();
            present.start();
        }
    }

    private void silent() {
        Watching old = present;
        present = null;
        old.call.cancel("the server is silent", null);
        order.skipFirst();
        routes.leaveAny();
        call();
    }

    void close() {
        isClosed = true;
        timer.cancel();
        if (present != null) {
            present.call.cancel("the client is closed", null);
        }
    }

    private final class Watching extends ClientCall.Listener<Leader> {

        private final ClientCall<WatchLeaderRequest, Leader> call =
                any.newCall(AdminServiceGrpc.getWatchLeaderMethod(), options);

        void start() {
            call.start(this, new Metadata());
            call.request(1);
            call.sendMessage(WatchLeaderRequest.getDefaultInstance());
            call.halfClose();
        }

        @Override
        public void onMessage(Leader leader) {
            if (this != present) {
                return;
            }
            timer.cancel();
            backoff.reset();
            Duration nextWithin = Times.of(leader.getNextWithin());
            if (!nextWithin.isZero()) {
                timer = loop.after(nextWithin.multipliedBy(SILENCE_FACTOR), LeaderWatch.this::silent);
            }
            routes.learn(leader);
            call.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (this != present) {
                return;
            }
            timer.cancel();
            present = null;
            routes.known();
            if (!isClosed && !NOT_TOLD.contains(status.getCode())) {
                timer = loop.after(backoff.next(), LeaderWatch.this::call);
            }
        }
    }
}
