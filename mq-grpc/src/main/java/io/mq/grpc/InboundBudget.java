package io.mq.grpc;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of requests that have begun to arrive and are not complete: gRPC collects each one whole, and many
 * clients that send large requests slowly would take all memory. Beyond the bound, the call of which most has arrived is
 * ended with RESOURCE_EXHAUSTED; what is complete counts elsewhere.
 *
 * <p>A factory of tracers, which see the bytes, and an interceptor, which knows the call. Safe for use by any thread.
 */
final class InboundBudget extends ServerStreamTracer.Factory implements ServerInterceptor {

    private static final Context.Key<Tracer> TRACER = Context.key("inbound-bytes");

    /** A request that is no larger comes and goes without a trace. */
    private static final int SMALL_BYTES = 16 << 10;

    private static final Duration RETRY = Duration.ofMillis(100);

    private final long max;
    private final EventLoops loops;
    private final AtomicLong total = new AtomicLong();

    /** Calls of which more than {@link #SMALL_BYTES} have arrived. */
    private final Set<Tracer> large = ConcurrentHashMap.newKeySet();

    InboundBudget(long max, EventLoops loops) {
        this.max = max;
        this.loops = loops;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Tracer();
    }

    @Override
    public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Tracer tracer = TRACER.get();
        if (tracer == null) {
            return next.startCall(call, headers);
        }
        EndableCall<Q, A> endable = new EndableCall<>(call);
        tracer.watch(endable, loops.current());
        return next.startCall(endable, headers);
    }

    private static StatusRuntimeException exhausted(long max) {
        return StatusMapping.toException(BrokerException.of(
                        Reason.BROKER_BUSY,
                        "more than %d bytes of requests are arriving at once; send again later, or less at a time, or raise mq.limits.in-flight-bytes-max"
                                .formatted(max))
                .retryAfter(RETRY));
    }

    private void endLargest() {
        large.stream().max(Comparator.comparing(tracer -> tracer.pending)).ifPresent(Tracer::end);
    }

    /** What one call has received of a request that is not complete. Written by the thread that serves its socket. */
    private final class Tracer extends ServerStreamTracer {

        private volatile long pending;
        private EndableCall<?, ?> call;
        private Executor loop;

        @Override
        public Context filterContext(Context context) {
            return context.withValue(TRACER, this);
        }

        void watch(EndableCall<?, ?> endable, Executor itsLoop) {
            call = endable;
            loop = itsLoop;
        }

        @Override
        public void inboundWireSize(long bytes) {
            long more = pending + bytes;
            pending = more;
            if (more > SMALL_BYTES && more - bytes <= SMALL_BYTES && call != null) {
                large.add(this);
            }
            if (total.addAndGet(bytes) > max) {
                endLargest();
            }
        }

        private void end() {
            large.remove(this);
            // Not from within gRPC's own reading of a request.
            loop.execute(() -> call.end(exhausted(max)));
        }

        @Override
        public void inboundMessageRead(int number, long wireSize, long size) {
            settle();
        }

        @Override
        public void streamClosed(Status status) {
            settle();
        }

        private void settle() {
            if (pending > SMALL_BYTES) {
                large.remove(this);
            }
            total.addAndGet(-pending);
            pending = 0;
        }
    }

    /** A call that may be ended behind its handler's back, who notices nothing. */
    private static final class EndableCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

        /** Guarded by {@code this}. */
        private boolean hasEnded;

        EndableCall(ServerCall<Q, A> call) {
            super(call);
        }

        synchronized void end(StatusRuntimeException reason) {
            if (!hasEnded) {
                hasEnded = true;
                super.close(reason.getStatus(), reason.getTrailers());
            }
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!hasEnded) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!hasEnded) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!hasEnded) {
                hasEnded = true;
                super.close(status, trailers);
            }
        }
    }
}
