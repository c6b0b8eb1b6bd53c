package io.mq.ejb.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.util.ProtoUtils;

/**
 * What a follower's engine is sent to append, one request after the other: where a new leader has begun to send before what
 * the former one sent is taken, Ratis 3.2.2 puts the two in any order, or one of them in twice.
 *
 * <p>Entries that it is just writing do not come to it again: whoever sends these, alone or with more behind them, is
 * answered once they are written and the request was looked at anew. Ratis takes a request for one that is under way where
 * both begin with the same index, and then says that it has all of it, be it longer.
 *
 * <p>Where an append has failed, or a checkpoint has taken the place of one that is under way, Ratis tries no later one of the
 * replica; the replica {@linkplain Followed#appendsHaveEnded is told}.
 *
 * <p>Safe for use by any thread.
 */
final class AppendsInTurn {

    /** What was sent to one replica, as long as its log is open. */
    private static final class Turn {

        /** Held while the engine takes a request, but not while it writes. */
        private final Object taking = new Object();

        /** Guarded by {@code this}. */
        private final List<UnderWay> underWay = new ArrayList<>();

        /** @return what has to end before */
        synchronized CompletableFuture<?>[] enter(UnderWay added) {
            CompletableFuture<?>[] before = underWay.stream()
                    .filter(each -> each.overlaps(added.first, added.last))
                    .map(UnderWay::reply)
                    .toArray(CompletableFuture[]::new);
            underWay.add(added);
            return before;
        }

        synchronized void leave(UnderWay ended) {
            underWay.remove(ended);
        }

        synchronized List<UnderWay> underWay() {
            return List.copyOf(underWay);
        }
    }

    /** Entries that are being written, or wait for those. */
    private record UnderWay(long first, long last, CompletableFuture<AppendEntriesReplyProto> reply) {

        boolean overlaps(long from, long to) {
            return from <= last && first <= to;
        }
    }

    private final RaftServer engine;

    /** By replica: one whose log is opened anew begins with nothing under way. Guarded by itself. */
    private final Map<Division, Turn> turns = new WeakHashMap<>();

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
        Turn turn = turn(replica);
        CompletableFuture<AppendEntriesReplyProto> reply = new CompletableFuture<>();
        UnderWay added = new UnderWay(first, last, reply);
        CompletableFuture<?>[] before = turn.enter(added);
        var whenAnswered = reply.whenComplete((answer, failure) -> turn.leave(added));
        Runnable pass = () -> pass(request, reply, turn, replica);
        if (before.length == 0) {
            pass.run();
        } else {
            var whenWritten = CompletableFuture.allOf(before).whenCompleteAsync((done, failure) -> pass.run());
        }
        return reply;
    }

    /**
     * Says that a replica has taken over a checkpoint: the engine has forgotten what waited to be written and answers none of
     * it, and nothing is to wait for that.
     */
    void tookOverCheckpoint(RaftRpcRequestProto request) throws IOException {
        Division replica = replica(request);
        List<UnderWay> forgotten = turn(replica).underWay();
        if (forgotten.isEmpty()) {
            return;
        }
        IOException why = new IOException("a checkpoint was taken over meanwhile");
        // The last first: what waits for another one is not to be passed on when that ends.
        for (int i = forgotten.size() - 1; i >= 0; i--) {
            forgotten.get(i).reply.completeExceptionally(why);
        }
        tell(replica, why);
    }

    private Turn turn(Division replica) {
        synchronized (turns) {
            return turns.computeIfAbsent(replica, none -> new Turn());
        }
    }

    private Division replica(RaftRpcRequestProto request) throws IOException {
        return engine.getDivision(ProtoUtils.toRaftGroupId(request.getRaftGroupId()));
    }

    private void pass(
            AppendEntriesRequestProto request,
            CompletableFuture<AppendEntriesReplyProto> reply,
            Turn turn,
            Division replica) {
        CompletableFuture<AppendEntriesReplyProto> answer;
        boolean isTaken;
        synchronized (turn.taking) {
            if (reply.isDone()) {
                return;
            }
            try {
                answer = engine.appendEntriesAsync(request);
            } catch (IOException | RuntimeException e) {
                answer = CompletableFuture.failedFuture(e);
            }
            // What the engine refuses at once, before it appends anything, is in nothing's way.
            isTaken = !answer.isCompletedExceptionally();
        }
        var unused = answer.whenComplete((answered, failure) -> {
            if (failure == null) {
                reply.complete(answered);
                return;
            }
            reply.completeExceptionally(failure);
            if (isTaken) {
                tell(replica, failure instanceof CompletionException ? failure.getCause() : failure);
            }
        });
    }

    private static void tell(Division replica, Throwable why) {
        if (replica.getStateMachine() instanceof Followed followed) {
            followed.appendsHaveEnded(why);
        }
    }
}
