package io.mq.ejb.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;

/**
 * What a follower's engine is sent to append, but for entries that it is just writing: whoever sends these again, alone or
 * with more behind them, is answered once they are written and the request was looked at anew. Ratis 3.2.2 takes a request
 * for one that is under way where both begin with the same index, and then says that it has all of it, be it longer.
 *
 * <p>Safe for use by any thread.
 */
final class AppendsInTurn {

    /** Entries that are being written, or wait for those. */
    private record UnderWay(long first, long last, CompletableFuture<AppendEntriesReplyProto> reply) {

        boolean overlaps(long from, long to) {
            return from <= last && first <= to;
        }
    }

    private final RaftServerAsynchronousProtocol engine;

    /** By group; guarded by {@code this}. */
    private final Map<Object, List<UnderWay>> underWay = new HashMap<>();

    AppendsInTurn(RaftServerAsynchronousProtocol engine) {
        this.engine = engine;
    }

    CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request) throws IOException {
        int count = request.getEntriesCount();
        if (count == 0) {
            return engine.appendEntriesAsync(request);
        }
        long first = request.getEntries(0).getIndex();
        long last = request.getEntries(count - 1).getIndex();
        Object group = request.getServerRequest().getRaftGroupId();
        CompletableFuture<AppendEntriesReplyProto> reply = new CompletableFuture<>();
        UnderWay added = new UnderWay(first, last, reply);
        CompletableFuture<?>[] before = enter(group, added);
        var whenAnswered = reply.whenComplete((answer, failure) -> leave(group, added));
        if (before.length == 0) {
            pass(request, reply);
        } else {
            var whenWritten =
                    CompletableFuture.allOf(before).whenCompleteAsync((done, failure) -> pass(request, reply));
        }
        return reply;
    }

    /** @return what has to end before */
    private synchronized CompletableFuture<?>[] enter(Object group, UnderWay added) {
        List<UnderWay> present = underWay.computeIfAbsent(group, none -> new ArrayList<>());
        CompletableFuture<?>[] before = present.stream()
                .filter(each -> each.overlaps(added.first, added.last))
                .map(UnderWay::reply)
                .toArray(CompletableFuture[]::new);
        present.add(added);
        return before;
    }

    private synchronized void leave(Object group, UnderWay ended) {
        underWay.get(group).remove(ended);
    }

    private void pass(AppendEntriesRequestProto request, CompletableFuture<AppendEntriesReplyProto> reply) {
        CompletableFuture<AppendEntriesReplyProto> answer;
        try {
            answer = engine.appendEntriesAsync(request);
        } catch (IOException | RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var unused = answer.whenComplete((answered, failure) -> {
            if (failure == null) {
                reply.complete(answered);
            } else {
                reply.completeExceptionally(failure);
            }
        });
    }
}
