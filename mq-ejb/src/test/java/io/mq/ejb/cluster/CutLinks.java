package io.mq.ejb.cluster;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.util.CodeInjectionForTesting;

/**
 * Links between replicas of one process that carry nothing. What a node sends over a cut link is refused before the
 * receiver has looked at it; answers belong to the request's link.
 */
final class CutLinks {

    private static final Set<Link> CUT = ConcurrentHashMap.newKeySet();

    private record Link(String from, String to) {}

    static {
        CodeInjectionForTesting.put("RaftServerImpl.appendEntries", CutLinks::refuse);
        CodeInjectionForTesting.put("RaftServerImpl.requestVote", CutLinks::refuse);
    }

    private CutLinks() {}

    static void cut(String from, String to) {
        CUT.add(new Link(from, to));
    }

    static void mendAll() {
        CUT.clear();
    }

    private static boolean refuse(Object receiver, Object sender, Object... arguments) {
        if (CUT.contains(new Link(String.valueOf(sender), String.valueOf(receiver)))) {
            throw new UncheckedIOException(new ConnectException(sender + " does not reach " + receiver));
        }
        return true;
    }
}
