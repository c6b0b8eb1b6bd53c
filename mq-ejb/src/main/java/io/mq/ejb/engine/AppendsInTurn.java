package io.mq.ejb.engine;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.ProtoUtils;

/**
 * What a follower's engine is sent to append, one request after the other: where a new leader has begun to send before what
 * the former one sent is taken, Ratis 3.2.2 puts the two in any order, or one of them in twice.
 *
 * <p>Entries that it is just writing do not come to it again: whoever sends these, alone or with more behind them, is
 * answered once they are written and the request was looked at anew. Ratis takes a request for one that is under way where
 * both begin with the same index, and then says that it has all of it, be it longer.
 *
 * <p>It is given no more while it has much to apply: Ratis takes what a leader sends as fast as the disk is, keeps in memory
 * what is not applied, and a replica that follows up on an hour of others' work would run out of it.
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

        /** What is to come to the engine, in this order. Guarded by {@link #taking}, as is the rest. */
        private final Queue<Append> line = new ArrayDeque<>();

        private final UnappliedEntries unapplied = new UnappliedEntries();

        /** Whether it is looked later whether there is room. */
        private boolean isLookingAgain;

        /** What is being written, or waits for that. Guarded by {@code this}. */
        private final List<Append> underWay = new ArrayList<>();

        /** @return what has to end before */
        synchronized CompletableFuture<?>[] enter(Append added) {
            CompletableFuture<?>[] before = underWay.stream()
                    .filter(each -> each.overlaps(added))
                    .map(Append::reply)
                    .toArray(CompletableFuture[]::new);
            underWay.add(added);
            return before;
        }

        synchronized void leave(Append ended) {
            // To compare the requests would be to compare all their bytes.
            underWay.removeIf(each -> each == ended);
        }

        synchronized List<Append> underWay() {
            return List.copyOf(underWay);
        }
    }

    private record Append(
            AppendEntriesRequestProto request,
            CompletableFuture<AppendEntriesReplyProto> reply,
            Turn turn,
            Division replica) {

        long firstIndex() {
            return request.getEntries(0).getIndex();
        }

        long lastIndex() {
            return request.getEntries(request.getEntriesCount() - 1).getIndex();
        }

        boolean overlaps(Append other) {
            return firstIndex() <= other.lastIndex() && other.firstIndex() <= lastIndex();
        }
    }

    /** Until some of what is unapplied may have been applied. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS);

    private final RaftServer engine;

    /** What a replica may have taken and not applied, where there is something that it can apply. */
    private final long unappliedBytesMax;

    /** By replica: one whose log is opened anew begins with nothing under way. Guarded by itself. */
    private final Map<Division, Turn> turns = new WeakHashMap<>();

    AppendsInTurn(RaftServer engine) {
        this.engine = engine;
        // As much as its log keeps in memory anyway.
        this.unappliedBytesMax = 2 * Log.segmentSizeMax(engine.getProperties()).getSize();
    }

    CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request) throws IOException {
        if (request.getEntriesCount() == 0) {
            return engine.appendEntriesAsync(request);
        }
        Division replica = replica(request.getServerRequest());
        Turn turn = turn(replica);
        Append append = new Append(request, new CompletableFuture<>(), turn, replica);
        CompletableFuture<?>[] before = turn.enter(append);
        var whenAnswered = append.reply.whenComplete((answer, failure) -> turn.leave(append));
        if (before.length == 0) {
            standInLine(append);
        } else {
            var whenWritten = CompletableFuture.allOf(before).whenCompleteAsync((done, failure) -> standInLine(append));
        }
        return append.reply;
    }

    /**
     * Says that a replica has taken over a checkpoint: the engine has forgotten what waited to be written and answers none of
     * it, and nothing is to wait for that.
     */
    void tookOverCheckpoint(RaftRpcRequestProto request) throws IOException {
        Division replica = replica(request);
        List<Append> forgotten = turn(replica).underWay();
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

    private void standInLine(Append append) {
        synchronized (append.turn.taking) {
            append.turn.line.add(append);
        }
        passNext(append.turn);
    }

    /** Gives the engine what is next, as long as there is room. */
    private void passNext(Turn turn) {
        while (true) {
            Append next;
            CompletableFuture<AppendEntriesReplyProto> answer;
            synchronized (turn.taking) {
                next = turn.line.peek();
                if (next == null) {
                    return;
                }
                if (!hasRoom(next)) {
                    lookAgain(turn);
                    return;
                }
                turn.line.remove();
                if (next.reply.isDone()) {
                    continue;
                }
                answer = pass(next);
                turn.unapplied.took(next.firstIndex(), next.lastIndex(), next.request.getSerializedSize());
            }
            answer(next, answer);
        }
    }

    /** What can be applied will be; nothing is to wait for more than that, which what comes next may decide on. */
    private boolean hasRoom(Append next) {
        DivisionInfo info = next.replica.getInfo();
        long applied = info.getLastAppliedIndex();
        return info.getLifeCycleState().isClosingOrClosed()
                || next.turn.unapplied.bytesBehind(applied) <= unappliedBytesMax
                || applied >= next.replica.getRaftLog().getLastCommittedIndex();
    }

    private void lookAgain(Turn turn) {
        if (turn.isLookingAgain) {
            return;
        }
        turn.isLookingAgain = true;
        LATER.execute(() -> {
            synchronized (turn.taking) {
                turn.isLookingAgain = false;
            }
            passNext(turn);
        });
    }

    private CompletableFuture<AppendEntriesReplyProto> pass(Append append) {
        try {
            return engine.appendEntriesAsync(append.request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void answer(Append append, CompletableFuture<AppendEntriesReplyProto> answer) {
        // What the engine refuses at once, before it appends anything, is in nothing's way.
        boolean isTaken = !answer.isCompletedExceptionally();
        var unused = answer.whenComplete((answered, failure) -> {
            if (failure == null) {
                append.reply.complete(answered);
                return;
            }
            append.reply.completeExceptionally(failure);
            if (isTaken) {
                tell(append.replica, failure instanceof CompletionException ? failure.getCause() : failure);
            }
        });
    }

    private static void tell(Division replica, Throwable why) {
        if (replica.getStateMachine() instanceof Followed followed) {
            followed.appendsHaveEnded(why);
        }
    }
}
