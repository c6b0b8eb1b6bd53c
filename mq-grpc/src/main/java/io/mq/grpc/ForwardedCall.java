package io.mq.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.concurrent.Executor;

/**
 * A call that another node serves: what its caller sends goes there, and what comes back goes to the caller, as it is.
 * Nothing is asked of the caller before the call has reached the other node, so that until then it can begin anew, at yet
 * another one. This node serves it itself where it has come to lead meanwhile.
 *
 * <p>Everything happens on the thread that serves the caller's connection.
 */
final class ForwardedCall extends ServerCall.Listener<InputStream> {

    private final ServerMethodDefinition<?, ?> method;
    private final ServerCall<InputStream, InputStream> caller;
    private final Metadata headers;
    private final Context context = Context.current();
    private final Forwarding forwarding;
    private final LeaderConnection connection;
    private final Executor loop;
    private final ForwardedMessages requests;

    /** Null while there is no leader that is known. */
    private Onward onward;

    /** Null unless this node serves the call itself. */
    private RawCall.Reading<?> here;

    /** Whether the caller has no more to say. */
    private boolean isHalfClosed;

    /** What the caller is told where the other node ends the call well, because it was asked to; null unless it was. */
    private StatusRuntimeException endReason;

    /** Whether it was lost on the way to another node once, unread. */
    private boolean hasMissed;

    private boolean hasEnded;

    /** Created on the thread that serves the caller's connection, in the call's context. */
    ForwardedCall(
            ServerMethodDefinition<?, ?> method,
            ServerCall<InputStream, InputStream> caller,
            Metadata headers,
            Forwarding forwarding,
            LeaderConnection connection) {
        this.method = method;
        this.caller = caller;
        this.headers = headers;
        this.forwarding = forwarding;
        this.connection = connection;
        this.loop = connection.loop();
        this.requests = new Requests();
    }

    /** Where the call goes, or is going to; null while that is not known. */
    LeaderConnection.Link link() {
        return onward == null ? null : onward.link;
    }

    /** Begins the call at another node, instead of where it was about to begin. */
    void passOn(LeaderConnection.Link link) {
        giveUpAttempt();
        context.run(() -> onward = new Onward(link));
        onward.start();
    }

    /** Waits for a leader again. The call has not reached the one before. */
    void giveUpAttempt() {
        if (onward != null) {
            ClientCall<InputStream, InputStream> call = onward.call;
            onward = null;
            call.cancel("another node leads now", null);
        }
    }

    /** Has this node serve the call. It has not reached another one. */
    void serveHere() {
        giveUpAttempt();
        context.run(() -> {
            here = RawCall.start(method, caller, headers);
            tellHere();
        });
    }

    private void tellHere() {
        if (isHalfClosed) {
            here.onHalfClose();
        }
        here.begin();
        if (caller.isReady()) {
            here.onReady();
        }
    }

    /**
     * Ends a stream, for this reason, once the other node has answered what it was sent. A single request is answered
     * first.
     */
    void endLater(StatusRuntimeException reason) {
        MethodType type = caller.getMethodDescriptor().getType();
        if (type == MethodType.SERVER_STREAMING) {
            endNow(reason);
        } else if (type != MethodType.UNARY && !hasEnded && !isHalfClosed) {
            endReason = reason;
            isHalfClosed = true;
            requests.stop();
            onward.call.halfClose();
        }
    }

    /** Ends the call, wherever it is. */
    void endNow(StatusRuntimeException reason) {
        if (!hasEnded) {
            ended();
            close(reason.getStatus(), reason.getTrailers());
        }
    }

    private void close(Status status, Metadata trailers) {
        caller.close(status, trailers == null ? new Metadata() : trailers);
    }

    private void ended() {
        hasEnded = true;
        connection.ended(this);
        requests.stop();
        requests.release();
        if (onward != null && !onward.isClosed) {
            onward.call.cancel("the call has ended where it came from", null);
        }
    }

    @Override
    public void onMessage(InputStream message) {
        if (here != null) {
            here.onMessage(message);
            return;
        }
        if (hasEnded || endReason != null) {
            return;
        }
        int bytes = RawBytes.length(message, forwarding.requestBytesMax());
        if (!requests.handOver(message, bytes, forwarding.inFlightBytesMax())) {
            endNow(forwarding.busy());
        }
    }

    @Override
    public void onHalfClose() {
        if (here != null) {
            here.onHalfClose();
            return;
        }
        boolean isFirst = !isHalfClosed;
        isHalfClosed = true;
        if (isFirst && !hasEnded && onward != null && onward.isReached) {
            onward.call.halfClose();
        }
    }

    @Override
    public void onCancel() {
        gone();
        if (here != null) {
            here.onCancel();
        }
    }

    @Override
    public void onComplete() {
        gone();
        if (here != null) {
            here.onComplete();
        }
    }

    /** Nothing is left to do for the caller, who has all its answers or does not want them. */
    private void gone() {
        if (!hasEnded) {
            ended();
        }
        if (onward != null) {
            onward.answers.release();
        }
    }

    @Override
    public void onReady() {
        if (here != null) {
            here.onReady();
        } else if (onward != null && !hasEnded) {
            onward.answers.flow();
        }
    }

    /** What the caller sends. */
    private final class Requests extends ForwardedMessages {

        Requests() {
            super(forwarding.requestsInFlight(), forwarding.figures(), loop);
        }

        @Override
        boolean isReceiverReady() {
            return !hasEnded && onward != null && onward.isReached && onward.call.isReady();
        }

        @Override
        void ask() {
            caller.request(1);
        }

        @Override
        void send(InputStream message) {
            onward.call.sendMessage(message);
        }
    }

    /** The call at the other node. */
    private final class Onward extends ClientCall.Listener<InputStream> {

        private final LeaderConnection.Link link;
        private final ClientCall<InputStream, InputStream> call;
        private final ForwardedMessages answers = new Answers();

        /** Whether the other node has been told of the call, or may have been. */
        private boolean isReached;

        private boolean isClosed;

        Onward(LeaderConnection.Link link) {
            this.link = link;
            this.call = link.channel()
                    .newCall(
                            RawBytes.passedOn(method.getMethodDescriptor()),
                            CallOptions.DEFAULT.withWaitForReady().withExecutor(connection::run));
        }

        void start() {
            Metadata copy = new Metadata();
            copy.merge(headers);
            copy.put(Forwarding.FORWARDED_BY, forwarding.nodeId());
            ClientAddress.ofCall(context).ifPresent(client -> copy.put(Forwarding.FORWARDED_FOR, client));
            call.start(this, copy);
            answers.flow();
        }

        /** Once, when there is a connection to the other node and the call is on it. */
        private void reached() {
            if (isReached) {
                return;
            }
            isReached = true;
            connection.reached(ForwardedCall.this);
            forwarding.figures().call();
            if (isHalfClosed) {
                call.halfClose();
            } else {
                requests.flow();
            }
        }

        private boolean isOver() {
            return hasEnded || onward != this;
        }

        @Override
        public void onReady() {
            if (!isOver()) {
                reached();
                requests.flow();
            }
        }

        @Override
        public void onHeaders(Metadata itsHeaders) {
            if (!isOver()) {
                reached();
                caller.sendHeaders(itsHeaders);
            }
        }

        @Override
        public void onMessage(InputStream message) {
            if (!isOver()) {
                // The one who sends has kept to its own bounds; what waits here stops the next one.
                var unused = answers.handOver(message, RawBytes.length(message, 0), Long.MAX_VALUE);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            isClosed = true;
            if (isOver()) {
                return;
            }
            if (!isReached && !hasMissed && status.getCode() == Code.UNAVAILABLE) {
                hasMissed = true;
                onward = null;
                connection.again(ForwardedCall.this);
                return;
            }
            ended();
            if (endReason != null && status.isOk()) {
                close(endReason.getStatus(), endReason.getTrailers());
            } else {
                close(link.explain(status, trailers), trailers);
            }
        }

        private final class Answers extends ForwardedMessages {

            Answers() {
                super(forwarding.answersInFlight(), forwarding.figures(), loop);
            }

            @Override
            boolean isReceiverReady() {
                return !isOver() && caller.isReady();
            }

            @Override
            void ask() {
                call.request(1);
            }

            @Override
            void send(InputStream message) {
                caller.sendMessage(message);
            }
        }
    }
}
