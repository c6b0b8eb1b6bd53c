package io.mq.grpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.InputStream;

/**
 * A call that came in to be passed on, with unread messages, to the method of this node that reads and answers them.
 *
 * <p>Begins on the thread that serves the call; then as safe as any call.
 */
final class RawCall<Q, A> extends ServerCall<Q, A> {

    private final ServerCall<InputStream, InputStream> raw;
    private final MethodDescriptor<Q, A> method;

    /** What the method asks for before it can be told anything; negative once it can. */
    private int askedEarly;

    private RawCall(ServerCall<InputStream, InputStream> raw, MethodDescriptor<Q, A> method) {
        this.raw = raw;
        this.method = method;
    }

    /**
     * Starts the method; answers who is to be told what its caller does. Nothing is asked of the caller before {@link
     * Reading#begin}: the answer might come before this has returned.
     */
    static <Q, A> Reading<Q> start(
            ServerMethodDefinition<Q, A> method, ServerCall<InputStream, InputStream> raw, Metadata headers) {
        RawCall<Q, A> call = new RawCall<>(raw, method.getMethodDescriptor());
        return new Reading<>(method.getServerCallHandler().startCall(call, headers), call);
    }

    static final class Reading<Q> extends Listener<InputStream> {

        private final Listener<Q> listener;
        private final RawCall<Q, ?> call;

        private Reading(Listener<Q> listener, RawCall<Q, ?> call) {
            this.listener = listener;
            this.call = call;
        }

        /** To be called once. */
        void begin() {
            call.begin();
        }

        @Override
        public void onMessage(InputStream message) {
            listener.onMessage(call.method.parseRequest(message));
        }

        @Override
        public void onHalfClose() {
            listener.onHalfClose();
        }

        @Override
        public void onCancel() {
            listener.onCancel();
        }

        @Override
        public void onComplete() {
            listener.onComplete();
        }

        @Override
        public void onReady() {
            listener.onReady();
        }
    }

    private void begin() {
        int asked = askedEarly;
        askedEarly = -1;
        if (asked > 0) {
            raw.request(asked);
        }
    }

    @Override
    public void request(int messages) {
        if (askedEarly < 0) {
            raw.request(messages);
        } else {
            askedEarly += messages;
        }
    }

    @Override
    public void sendHeaders(Metadata headers) {
        raw.sendHeaders(headers);
    }

    @Override
    public void sendMessage(A message) {
        raw.sendMessage(method.streamResponse(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
        raw.close(status, trailers);
    }

    @Override
    public boolean isReady() {
        return raw.isReady();
    }

    @Override
    public boolean isCancelled() {
        return raw.isCancelled();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        raw.setMessageCompression(enabled);
    }

    @Override
    public void setCompression(String compressor) {
        raw.setCompression(compressor);
    }

    @Override
    public SecurityLevel getSecurityLevel() {
        return raw.getSecurityLevel();
    }

    @Override
    public Attributes getAttributes() {
        return raw.getAttributes();
    }

    @Override
    public String getAuthority() {
        return raw.getAuthority();
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
        return method;
    }
}
