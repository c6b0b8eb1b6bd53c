package io.mq.ejb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;

/** An engine that answers when the test says so. */
class AppendsInTurnTest {

    private static final RaftPeerId SELF = RaftPeerId.valueOf("n1.1");
    private static final RaftGroupId GROUP = RaftGroupId.randomId();
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TAKING_MILLIS = 20;

    /** What has come to the engine, in order. */
    private final List<CompletableFuture<AppendEntriesReplyProto>> passed = new CopyOnWriteArrayList<>();

    /** With which the engine answers at once; null where it does not. */
    private volatile IOException refusal;

    /** How many requests the engine was taking at once, one after the other. */
    private final List<Integer> taking = new CopyOnWriteArrayList<>();

    private final AtomicInteger takingNow = new AtomicInteger();

    /** Why nothing more is appended, as the replica was told. */
    private final List<Throwable> ends = new CopyOnWriteArrayList<>();

    private final Object stateMachine = Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {StateMachine.class, Followed.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "appendsHaveEnded" -> {
                    ends.add((Throwable) arguments[0]);
                    yield null;
                }
                case "isTakingRequests" -> true;
                default -> null;
            });

    /** The last indexes of which the replica says so. */
    private volatile long applied;

    private volatile long committed;

    private volatile LifeCycle.State state = LifeCycle.State.RUNNING;

    private final Object info = Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DivisionInfo.class},
            (proxy, method, arguments) -> method.getName().equals("getLifeCycleState") ? state : (Object) applied);

    private final Object log = Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {RaftLog.class}, (proxy, method, arguments) -> committed);

    private final Object replica = Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Division.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "hashCode" -> 1;
                case "equals" -> proxy == arguments[0];
                case "getStateMachine" -> stateMachine;
                case "getInfo" -> info;
                case "getRaftLog" -> log;
                default -> null;
            });

    private final RaftServer server = GuardedServer.of((RaftServer) Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getId" -> SELF;
                case "getProperties" -> {
                    RaftProperties properties = new RaftProperties();
                    Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(1));
                    yield properties;
                }
                case "getDivision" -> replica;
                case "appendEntriesAsync" -> take();
                case "installSnapshot" ->
                    InstallSnapshotReplyProto.newBuilder()
                            .setResult(InstallSnapshotResult.SNAPSHOT_INSTALLED)
                            .build();
                default -> null;
            }));

    private CompletableFuture<AppendEntriesReplyProto> take() throws InterruptedException {
        taking.add(takingNow.incrementAndGet());
        TimeUnit.MILLISECONDS.sleep(TAKING_MILLIS);
        takingNow.decrementAndGet();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        CompletableFuture<AppendEntriesReplyProto> answer = new CompletableFuture<>();
        passed.add(answer);
        return answer;
    }

    private static RaftRpcRequestProto head() {
        return RaftRpcRequestProto.newBuilder()
                .setReplyId(SELF.toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(GROUP))
                .build();
    }

    private CompletableFuture<AppendEntriesReplyProto> append(int first, int last) throws IOException {
        return server.appendEntriesAsync(AppendEntriesRequestProto.newBuilder()
                .setServerRequest(head())
                .addAllEntries(IntStream.rangeClosed(first, last)
                        .mapToObj(index ->
                                LogEntryProto.newBuilder().setIndex(index).build())
                        .toList())
                .build());
    }

    @Test
    void whatBeginsTheSameWaitsUntilTheOtherIsWritten() throws IOException {
        CompletableFuture<AppendEntriesReplyProto> shorter = append(1, 2);
        CompletableFuture<AppendEntriesReplyProto> longer = append(1, 5);
        CompletableFuture<AppendEntriesReplyProto> behind = append(6, 7);
        assertThat(passed).hasSize(2);
        passed.get(0).complete(AppendEntriesReplyProto.getDefaultInstance());
        await().atMost(SOON).until(() -> passed.size() == 3);
        passed.get(2).complete(AppendEntriesReplyProto.getDefaultInstance());
        assertThat(shorter).isCompleted();
        assertThat(longer).succeedsWithin(SOON);
        assertThat(behind).isNotDone();
    }

    /** The engine drops what it has not written, with all who wait for it. */
    @Test
    void nothingWaitsForWhatACheckpointHasReplaced() throws IOException {
        CompletableFuture<AppendEntriesReplyProto> dropped = append(1, 9);
        CompletableFuture<AppendEntriesReplyProto> waiting = append(1, 9);
        server.installSnapshot(InstallSnapshotRequestProto.newBuilder()
                .setServerRequest(head())
                .build());
        for (CompletableFuture<AppendEntriesReplyProto> each : List.of(dropped, waiting)) {
            assertThat(each)
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("a checkpoint was taken over");
        }
        CompletableFuture<AppendEntriesReplyProto> next = append(6, 12);
        assertThat(passed).hasSize(2);
        passed.get(1).complete(AppendEntriesReplyProto.getDefaultInstance());
        assertThat(next).isCompleted();
        assertThat(ends).singleElement().asString().contains("a checkpoint was taken over");
    }

    /** One comes from the former leader, and one from the next. */
    @Test
    void theEngineTakesOneAfterTheOther() {
        List<CompletableFuture<Void>> senders = IntStream.range(0, 4)
                .mapToObj(sender -> CompletableFuture.runAsync(
                        () -> appendUnchecked(sender * 10), command -> new Thread(command).start()))
                .toList();
        senders.forEach(sender -> assertThat(sender).succeedsWithin(SOON));
        assertThat(taking).containsExactly(1, 1, 1, 1);
    }

    private void appendUnchecked(int index) {
        try {
            var unanswered = append(index, index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theReplicaIsToldThatAnAppendHasFailed() throws IOException {
        CompletableFuture<AppendEntriesReplyProto> failed = append(1, 2);
        assertThat(ends).isEmpty();
        IOException why = new IOException("there is a gap");
        passed.get(0).completeExceptionally(new CompletionException(why));
        assertThat(failed).isCompletedExceptionally();
        assertThat(ends).containsExactly(why);
    }

    /** It is not the leader's turn, or the log is not open yet: the next one may be taken. */
    @Test
    void theReplicaIsNotToldOfWhatWasRefusedAtOnce() throws IOException {
        refusal = new IOException("not open yet");
        assertThat(append(1, 2)).isCompletedExceptionally();
        refusal = null;
        assertThat(append(1, 2)).isNotDone();
        assertThat(ends).isEmpty();
    }

    @Test
    void whatAReplicaHasToApplyItAppliesBeforeItTakesMore() throws IOException {
        committed = 9;
        var first = append(1, 2);
        var second = append(3, 4);
        var third = append(5, 6);
        assertThat(passed).hasSize(1);
        applied = 2;
        await().atMost(SOON).until(() -> passed.size() == 2);
        assertThat(List.of(first, second, third))
                .allSatisfy(each -> assertThat(each).isNotDone());
        applied = 4;
        await().atMost(SOON).until(() -> passed.size() == 3);
    }

    /** It may be what comes next that says what is committed. */
    @Test
    void whatIsNotCommittedIsInNothingsWay() throws IOException {
        committed = 1;
        applied = 1;
        var first = append(2, 5);
        var second = append(6, 9);
        assertThat(passed).hasSize(2);
        assertThat(List.of(first, second)).allSatisfy(each -> assertThat(each).isNotDone());
    }

    /** The engine says so itself. */
    @Test
    void aReplicaThatIsClosedAppliesNothingMoreAndNothingWaitsForIt() throws IOException {
        committed = 9;
        var first = append(1, 2);
        var second = append(3, 4);
        assertThat(passed).hasSize(1);
        state = LifeCycle.State.CLOSED;
        await().atMost(SOON).until(() -> passed.size() == 2);
        assertThat(List.of(first, second)).allSatisfy(each -> assertThat(each).isNotDone());
    }
}
