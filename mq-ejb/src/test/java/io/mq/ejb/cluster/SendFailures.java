package io.mq.ejb.cluster;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;

/** Has a leader fail while it sends its log to a follower, and counts what it sends. */
final class SendFailures {

    private record Link(String from, String to) {}

    /** Those over which the next message fails. */
    private static final Set<Link> NEXT = ConcurrentHashMap.newKeySet();

    /** How many requests with entries were sent. */
    private static final Map<Link, Integer> SENT = new ConcurrentHashMap<>();

    static {
        CodeInjectionForTesting.put(GrpcServicesImpl.GRPC_SEND_SERVER_REQUEST, SendFailures::fail);
    }

    private SendFailures() {}

    static void failNext(String from, String to) {
        NEXT.add(new Link(from, to));
    }

    static boolean hasHappened(String from, String to) {
        return !NEXT.contains(new Link(from, to));
    }

    static int countOfEntriesSent(String from, String to) {
        return SENT.getOrDefault(new Link(from, to), 0);
    }

    private static boolean fail(Object sender, Object receiver, Object... arguments) {
        if (arguments[0] instanceof AppendEntriesRequestProto request) {
            Link link = new Link(
                    String.valueOf(sender),
                    request.getServerRequest().getReplyId().toStringUtf8());
            if (request.getEntriesCount() > 0) {
                SENT.merge(link, 1, Integer::sum);
            }
            if (NEXT.remove(link)) {
                throw new IllegalStateException("as asked for");
            }
        }
        return true;
    }
}
