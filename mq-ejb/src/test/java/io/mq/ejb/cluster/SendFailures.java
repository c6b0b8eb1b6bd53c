package io.mq.ejb.cluster;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;

/** Has a leader fail while it sends its log to a follower. */
final class SendFailures {

    private record Link(String from, String to) {}

    /** Null where nothing is to fail. */
    private static final AtomicReference<Link> NEXT = new AtomicReference<>();

    static {
        CodeInjectionForTesting.put(GrpcServicesImpl.GRPC_SEND_SERVER_REQUEST, SendFailures::fail);
    }

    private SendFailures() {}

    static void failNext(String from, String to) {
        NEXT.set(new Link(from, to));
    }

    static boolean haveHappened() {
        return NEXT.get() == null;
    }

    private static boolean fail(Object sender, Object receiver, Object... arguments) {
        Link next = NEXT.get();
        if (next != null
                && arguments[0] instanceof AppendEntriesRequestProto request
                && next.from.equals(String.valueOf(sender))
                && next.to.equals(request.getServerRequest().getReplyId().toStringUtf8())
                && NEXT.compareAndSet(next, null)) {
            throw new IllegalStateException("as asked for");
        }
        return true;
    }
}
