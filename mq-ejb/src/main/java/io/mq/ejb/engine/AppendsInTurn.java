package io.mq.ejb.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.util.ProtoUtils;

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

    private final RaftServer engine;

    /** By replica: one whose log is opened anew begins with nothing under way. Guarded by {@code this}. */
    private final Map<Division, List<UnderWay>> underWay = new WeakHashMap<>();

    AppendsInTurn(RaftServer engine) {
        this.engine = engine;
    }

    CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request) throws IOException {
        int count = request.getEntriesCount();
        if (count == 0) {
            return engine.appendEntriesAsync(request);
        }
        long first = request.getEntries(0).getIndex();
        long last = request.getEntries(count - 1).getIndex();
        Division replica = replica(request.getServerRequest());
        CompletableFuture<AppendEntriesReplyProto> reply = new CompletableFuture<>();
        UnderWay added = new UnderWay(first, last, reply);
        CompletableFuture<?>[] before = enter(replica, added);
        var whenAnswered = reply.whenComplete((answer, failure) -> leave(replica, added));
        if (before.length == 0) {
            pass(request, reply);
        } else {
            var whenWritten =
                    CompletableFuture.allOf(before).whenCompleteAsync((done, failure) -> pass(request, reply));
        }
        return reply;
    }

    /**
     * Says that a replica has taken over a checkpoint: the engine has forgotten what waited to be written and answers none of
     * it, and nothing is to wait for that.
     */
    void tookOverCheckpoint(RaftRpcRequestProto request) throws IOException {
        List<UnderWay> forgotten = underWay(replica(request));
        // The last first: what waits for another one is not to be passed on when that ends.
        for (int i = forgotten.size() - 1; i >= 0; i--) {
            forgotten.get(i).reply.completeExceptionally(new IOException("a checkpoint was taken over meanwhile"));
        }
    }

    private synchronized List<UnderWay> underWay(Division replica) {
        return List.copyOf(underWay.getOrDefault(replica, List.of()));
    }

    private Division replica(RaftRpcRequestProto request) throws IOException {
        return engine.getDivision(ProtoUtils.toRaftGroupId(request.getRaftGroupId()));
    }

    /** @return what has to end before */
    private synchronized CompletableFuture<?>[] enter(Division replica, UnderWay added) {
        List<UnderWay> present = underWay.computeIfAbsent(replica, none -> new ArrayList<>());
        CompletableFuture<?>[] before = present.stream()
                .filter(each -> each.overlaps(added.first, added.last))
                .map(UnderWay::reply)
                .toArray(CompletableFuture[]::new);
        present.add(added);
        return before;
    }

    private synchronized void leave(Division replica, UnderWay ended) {
        underWay.get(replica).remove(ended);
    }

    private void pass(AppendEntriesRequestProto request, CompletableFuture<AppendEntriesReplyProto> reply) {
        if (reply.isDone()) {
            return;
        }
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
