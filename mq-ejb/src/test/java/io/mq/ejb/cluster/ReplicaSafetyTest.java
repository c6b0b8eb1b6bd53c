package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.ejb.cluster.ReplicaGroup.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenarios in which other engines have lost or made up entries, each brought about on purpose. One more is
 * {@link ReplicaGroupTest}'s: nothing is acknowledged that one of three holds.
 */
class ReplicaSafetyTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofSeconds(2);

    /** As large as a command may be. */
    private static final int COMMAND_BYTES = 256 << 10;

    /** More than an engine sends at once. */
    private static final int COMMANDS = 24;

    private static final RaftJournalConfig CONFIG =
            new RaftJournalConfig(COMMAND_BYTES, 64 << 10, 2 * COMMANDS * COMMAND_BYTES, COMMANDS);

    @TempDir
    private Path directory;

    private ReplicaGroup group;

    @BeforeEach
    void startReplicas() throws IOException {
        group = ReplicaGroup.start(directory, CONFIG);
    }

    @AfterEach
    void stopReplicas() {
        group.close();
    }

    private static void submit(Replica replica, String text) {
        assertThat(replica.journal().submit(command(text))).succeedsWithin(SOON);
    }

    private static void assertDoubtful(CompletableFuture<?> future) {
        assertThat(future.handle((answer, failure) -> true)).succeedsWithin(SOON);
        BrokerException answer = (BrokerException)
                catchThrowableOfType(CompletionException.class, future::join).getCause();
        assertThat(answer.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    private static long end(Replica replica) throws IOException {
        return replica.membership().status().end().index();
    }

    private static long lastTerm(Replica replica) throws IOException {
        return replica.membership().status().end().term();
    }

    @Test
    void termDoesNotGoBackOverAPowerCut() throws IOException {
        for (int i = 0; i < 3; i++) {
            Replica leader = group.leader();
            submit(leader, "before" + i);
            group.awaitAgreement("before" + i);
            group.othersThan(leader).get(i % 2).membership().standForElection(leader.id());
            await().atMost(SOON).until(() -> !leader.info().isLeader());
        }
        Replica last = group.leader();
        submit(last, "last");
        group.awaitAgreement("last");
        Map<String, Long> terms = new HashMap<>();
        group.running().forEach(each -> terms.put(each.id(), each.info().getCurrentTerm()));
        Random random = new Random(1);
        for (Map.Entry<String, PowerCut> cut :
                group.losePower(List.copyOf(group.running())).entrySet()) {
            assertThat(cut.getValue().restoreTorn(random)).isPositive();
        }
        group.mend();
        for (String id : terms.keySet()) {
            Replica again = group.start(id);
            assertThat(again.info().getCurrentTerm()).isGreaterThanOrEqualTo(terms.get(id));
        }
        submit(group.leader(), "after");
        group.awaitAgreement("after");
        assertThat(group.leader().machine().applied())
                .containsExactly("before0", "before1", "before2", "last", "after");
    }

    @Test
    void replicaThatRejoinsDoesNotApplyWhatItCouldNotCommit() throws IOException {
        Replica cutOff = group.leader();
        submit(cutOff, "before");
        group.awaitAgreement("before");
        cutOff.awaitQuiet();
        long end = end(cutOff);
        group.isolate(cutOff);
        CompletableFuture<Boolean> doubtful = cutOff.journal().submit(command("doubtful"));
        await().atMost(SOON).until(() -> end(cutOff) > end);
        Replica next = group.leaderOf(group.othersThan(cutOff));
        group.stop(cutOff);
        assertDoubtful(doubtful);
        Replica again = group.start(cutOff.id());
        assertThat(end(again)).isGreaterThan(end);
        await().during(A_WHILE)
                .atMost(SOON)
                .until(() -> !again.machine().applied().contains("doubtful"));
        submit(next, "after");
        group.mend();
        group.awaitAgreement("after");
        assertThat(again.machine().applied()).containsExactly("before", "after");
        assertThat(next.machine().applied()).containsExactly("before", "after");
    }

    /** The log's file may hold what a failed force was to make durable, and may lose it later. */
    @Test
    void entryWhoseForceFailedIsNotAcknowledgedWhenItIsSentAgain() throws IOException {
        Replica leader = group.leader();
        submit(leader, "before");
        group.awaitAgreement("before");
        leader.awaitQuiet();
        Replica failing = group.othersThan(leader).get(0);
        Replica slow = group.othersThan(leader).get(1);
        slow.gate().shut();
        failing.gate().failNext();
        CompletableFuture<Boolean> waiting = leader.journal().submit(command("waiting"));
        slow.gate().awaitArrival();
        await().atMost(SOON)
                .until(() -> failing.gate().hasFailed() && !failing.journal().isHealthy());
        await().during(A_WHILE).atMost(SOON).until(() -> !waiting.isDone());
        assertThat(failing.machine().applied()).containsExactly("before");
        slow.gate().open();
        assertThat(waiting).succeedsWithin(SOON);
        group.stop(failing);
        Replica again = group.start(failing.id(), LogPosition.START);
        submit(leader, "after");
        group.awaitAgreement("after");
        assertThat(again.machine().applied()).containsExactly("before", "waiting", "after");
    }

    /**
     * Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, 5.4.2 and figure 8: a leader's entries of
     * an earlier term reach a majority, and are overwritten nevertheless by who has one of a term in between.
     */
    @Test
    void entryOfAnEarlierTermIsNotCommittedByReachingAMajority() throws IOException {
        Replica first = group.leader();
        submit(first, "before");
        group.awaitAgreement("before");
        first.awaitQuiet();
        long end = end(first);
        long earlier = lastTerm(first);

        // The first has entries that nobody else has.
        Replica one = group.othersThan(first).get(0);
        Replica other = group.othersThan(first).get(1);
        CutLinks.cutEntries(one.id(), other.id(), any -> true);
        CutLinks.cutEntries(other.id(), one.id(), any -> true);
        group.isolate(first);
        List<CompletableFuture<Boolean>> doubtful = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            doubtful.add(first.journal().submit(command("%02d%s".formatted(i, "x".repeat(COMMAND_BYTES - 100)))));
        }
        await().atMost(SOON).until(() -> end(first) >= end + COMMANDS);

        // The second is elected, and has one of a later term that nobody else has.
        Replica second = await().atMost(SOON)
                .until(
                        () -> lastTerm(one) > earlier ? one : lastTerm(other) > earlier ? other : null,
                        elected -> elected != null);
        Replica third = second == one ? other : one;
        group.isolate(second);
        assertThat(end(third)).isEqualTo(end);

        // The first is elected again by the third, which gets the first's entries of its earlier term, and none of the
        // new.
        CutLinks.mend(third.id(), first.id());
        CutLinks.cutEntries(first.id(), third.id(), request -> hasEntryAfter(earlier, request));
        await().atMost(SOON).until(() -> end(third) > end + 1);
        assertThat(lastTerm(third)).isEqualTo(earlier);
        assertThat(first.info().isLeader()).isTrue();
        await().during(A_WHILE)
                .atMost(SOON)
                .until(() -> first.machine().applied().size() == 1
                        && third.machine().applied().size() == 1);

        // The second is elected by the third, which gives up what it got.
        group.isolate(first);
        CutLinks.mend(second.id(), third.id());
        CutLinks.mend(third.id(), second.id());
        assertThat(group.leaderOf(List.of(second, third))).isSameAs(second);
        submit(second, "after");
        group.mend();
        group.awaitAgreement("after");
        doubtful.forEach(ReplicaSafetyTest::assertDoubtful);
        assertThat(group.running())
                .allSatisfy(each -> assertThat(each.machine().applied()).containsExactly("before", "after"));
    }

    /**
     * A leader that has lost its connection sends again what it has heard nothing of, and what has come meanwhile with it,
     * while the follower's disk is still busy with the first.
     */
    @Test
    void aFollowerThatIsSentMoreWhileItWritesSaysNoMoreThanItHas() throws Exception {
        Replica leader = group.leader();
        Replica follower = quietFollowerOf(leader);
        follower.gate().shut();
        List<AppendEntriesReplyProto> replies = new CopyOnWriteArrayList<>();
        ManagedChannel channel = channel(follower);
        StreamObserver<AppendEntriesRequestProto> link = link(channel, replies);
        link.onNext(append(leader, follower, 1));
        follower.gate().awaitArrival();
        link.onNext(append(leader, follower, 1));
        link.onNext(append(leader, follower, 3));
        await().during(A_WHILE).atMost(SOON).until(replies::isEmpty);
        follower.gate().open();
        await().atMost(SOON).until(() -> replies.size() == 3);
        long end = end(follower);
        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.getMatchIndex()).isLessThanOrEqualTo(end));
        channel.shutdownNow();
    }

    /** The engine appends nothing more after that, and answers each later append with the failure of the first. */
    @Test
    void aFollowerThatCouldNotAppendOnceIsOpenedAgainAndCatchesUp() throws IOException {
        Replica leader = group.leader();
        Replica follower = quietFollowerOf(leader);
        assertThat(follower.membership().whyToReopen()).isEmpty();
        AppendEntriesRequestProto sound = append(leader, follower, 1);
        LogEntryProto ofAnEarlierTerm = sound.getEntries(0).toBuilder()
                .setTerm(sound.getLeaderTerm() - 1)
                .build();
        ManagedChannel channel = channel(follower);
        link(channel, new ArrayList<>())
                .onNext(sound.toBuilder().setEntries(0, ofAnEarlierTerm).build());
        await().atMost(SOON).until(() -> follower.membership().whyToReopen().isPresent());
        channel.shutdownNow();
        submit(leader, "after");
        follower.membership().reopen();
        group.awaitAgreement("after");
        assertThat(follower.machine().applied()).containsExactly("before", "after");
        assertThat(follower.membership().whyToReopen()).isEmpty();
    }

    /** One that has "before", as all have. */
    private Replica quietFollowerOf(Replica leader) {
        submit(leader, "before");
        group.awaitAgreement("before");
        Replica follower = group.othersThan(leader).get(0);
        follower.awaitQuiet();
        return follower;
    }

    private static ManagedChannel channel(Replica replica) {
        return NettyChannelBuilder.forTarget(replica.node().self().getAddress())
                .usePlaintext()
                .build();
    }

    /** As the leader's engine has one to the follower's. */
    private static StreamObserver<AppendEntriesRequestProto> link(
            ManagedChannel channel, List<AppendEntriesReplyProto> replies) {
        return RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(new StreamObserver<>() {
            @Override
            public void onNext(AppendEntriesReplyProto reply) {
                replies.add(reply);
            }

            @Override
            public void onError(Throwable failure) {
                // The replies that are missing tell.
            }

            @Override
            public void onCompleted() {}
        });
    }

    /** So many entries behind what the follower has. */
    private static AppendEntriesRequestProto append(Replica leader, Replica follower, int entries) throws IOException {
        LogEnd previous = leader.membership().status().end();
        AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(ByteString.copyFromUtf8(leader.id()))
                        .setReplyId(ByteString.copyFromUtf8(follower.id()))
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                                follower.node().group(SingleReplica.SHARD))))
                .setLeaderTerm(previous.term())
                .setPreviousLog(
                        TermIndex.valueOf(previous.term(), previous.index()).toProto());
        for (int i = 1; i <= entries; i++) {
            request.addEntries(LogEntryProto.newBuilder()
                    .setTerm(previous.term())
                    .setIndex(previous.index() + i)
                    .setStateMachineLogEntry(
                            StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFromUtf8("entry " + i))));
        }
        return request.build();
    }

    private static boolean hasEntryAfter(long term, AppendEntriesRequestProto request) {
        return request.getEntriesList().stream().anyMatch(entry -> entry.getTerm() > term);
    }
}
