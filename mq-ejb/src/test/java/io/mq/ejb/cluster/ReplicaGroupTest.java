package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static io.mq.core.journal.RecordingStateMachine.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.ejb.cluster.ReplicaGroup.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What three replicas promise together: order, and that nothing acknowledged is lost with one of them. */
class ReplicaGroupTest {

    /** A follower that has not answered for less is gone. */
    private static final int SILENT_MILLIS = 3_000;

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private ReplicaGroup group;

    @BeforeEach
    void startReplicas() throws IOException {
        group = ReplicaGroup.start(directory);
    }

    @AfterEach
    void stopReplicas() {
        group.close();
    }

    private static BrokerException refusal(CompletableFuture<?> future) {
        assertThat(future.handle((answer, failure) -> true)).succeedsWithin(SOON);
        return (BrokerException)
                catchThrowableOfType(CompletionException.class, future::join).getCause();
    }

    private static void submit(Replica replica, String text) {
        assertThat(replica.journal().submit(command(text))).succeedsWithin(SOON);
    }

    @Test
    void allApplyTheSameInTheSameOrder() {
        Replica leader = group.leader();
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        commands(2000).forEach(each -> futures.add(leader.journal().submit(each)));
        futures.forEach(future -> assertThat(future).succeedsWithin(SOON));
        group.awaitAgreement("c1999");
        assertThat(group.running()).allSatisfy(each -> {
            assertThat(each.machine().applied()).isEqualTo(leader.machine().applied());
            assertThat(each.machine().indexes()).isEqualTo(leader.machine().indexes());
        });
        assertThat(leader.machine().applied())
                .containsExactlyElementsOf(
                        commands(2000).stream().map(each -> each.group()).toList());
    }

    @Test
    void eachCountsWhatItAppliesAndTheLeaderHowLongItTook() {
        Replica leader = group.leader();
        submit(leader, "first");
        submit(leader, "last");
        group.awaitAgreement("last");
        assertThat(leader.figures().committed).hasValue(2);
        assertThat(leader.figures().nanos).hasPositiveValue();
        assertThat(group.running()).allSatisfy(each -> {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(each.figures().commands).hasValue(2));
            assertThat(each.figures().bytes).hasValue(leader.figures().bytes.get());
        });
        assertThat(group.othersThan(leader))
                .allSatisfy(each -> assertThat(each.figures().committed).hasValue(0));
    }

    @Test
    void followerRefusesAndNamesTheLeader() {
        Replica leader = group.leader();
        submit(leader, "first");
        for (Replica follower : group.othersThan(leader)) {
            BrokerException refusal = refusal(follower.journal().submit(command("misdirected")));
            assertThat(refusal.reason()).isEqualTo(Reason.NOT_LEADER);
            assertThat(refusal).hasMessageContaining("node '%s'", leader.id());
            assertThat(refusal.retryAfter()).isPresent();
        }
        submit(leader, "last");
        group.awaitAgreement("last");
        assertThat(leader.machine().applied()).containsExactly("first", "last");
    }

    @Test
    void whatWasAcknowledgedSurvivesItsLeader() throws IOException {
        Replica first = group.leader();
        submit(first, "before");
        group.stop(first);
        Replica second = group.leader();
        submit(second, "after");
        assertThat(second.machine().applied()).containsExactly("before", "after");
        Replica again = group.start(first.id());
        group.awaitAgreement("after");
        assertThat(again.machine().applied()).containsExactly("before", "after");
    }

    @Test
    void restartedReplicaGoesOnBehindItsCheckpoint() throws IOException {
        Replica leader = group.leader();
        submit(leader, "covered");
        group.awaitAgreement("covered");
        Replica follower = group.othersThan(leader).get(0);
        LogPosition checkpoint =
                follower.journal().observe(position -> position).join();
        follower.journal().release(checkpoint);
        group.stop(follower);
        submit(leader, "missed");
        Replica again = group.start(follower.id(), checkpoint);
        submit(leader, "after");
        group.awaitAgreement("after");
        assertThat(again.machine().applied()).containsExactly("missed", "after");
    }

    /** The engine itself refuses them all until it gives up, and each caller would have to begin anew. */
    @Test
    void proposalsWaitWhileALeaderTriesToHandOver() throws IOException {
        Replica leader = group.leader();
        Replica slow = group.othersThan(leader).get(0);
        slow.gate().shut();
        submit(leader, "not with the next leader yet");
        CompletableFuture<Void> handover = leader.membership().transfer(slow.id());
        assertThat(handover).isNotDone();
        submit(leader, "meanwhile");
        assertThat(handover).failsWithin(SOON);
        slow.gate().open();
        group.awaitAgreement("meanwhile");
    }

    /** The leader has nothing else to send, from whose answer it would learn that they have it. */
    @Test
    void entryWhoseAnswersAreLostIsCommittedAllTheSame() throws IOException {
        Replica leader = group.leader();
        submit(leader, "answered");
        group.awaitAgreement("answered");
        LogEnd before = leader.membership().status().end();
        group.othersThan(leader).forEach(each -> CutLinks.delayAnswers(each.id(), 300));
        CompletableFuture<?> unanswered = leader.journal().submit(command("unanswered"));
        for (Replica each : group.running()) {
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> each.membership().status().end().compareTo(before) > 0);
        }
        assertThat(unanswered).isNotDone();
        group.othersThan(leader).forEach(each -> leader.membership().reconnect(each.id()));
        group.mend();
        assertThat(unanswered).succeedsWithin(SOON);
    }

    @Test
    void leadershipStaysWhereTheNextLeaderWouldHaveMuchToTakeOver() throws IOException {
        Replica leader = group.leader();
        Replica slow = group.othersThan(leader).get(0);
        slow.gate().shut();
        for (int i = 0; i <= 100; i++) {
            submit(leader, "entry " + i);
        }
        assertThat(leader.membership().transfer(slow.id()))
                .isCompletedExceptionally()
                .failsWithin(SOON)
                .withThrowableThat()
                .withMessageContaining("has yet to take over");
        assertThat(leader.membership().transfer("nobody")).isCompletedExceptionally();
        slow.gate().open();
        group.awaitAgreement("entry 100");
        assertThat(leader.membership().transfer(slow.id())).succeedsWithin(SOON);
    }

    @Test
    void leaderThatReachesNobodyAcknowledgesNothingAndIsOverruled() {
        Replica cutOff = group.leader();
        submit(cutOff, "before");
        group.isolate(cutOff);
        CompletableFuture<Boolean> doubtful = cutOff.journal().submit(command("doubtful"));
        Replica next = group.leaderOf(group.othersThan(cutOff));
        submit(next, "after");
        assertThat(refusal(doubtful).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(cutOff.machine().applied()).containsExactly("before");
        group.mend();
        group.awaitAgreement("after");
        assertThat(cutOff.machine().applied()).containsExactly("before", "after");
    }

    /** The engine itself leaves it at that: the follower would hear of nothing any more. */
    @Test
    void sendingThatFailsOnceGoesOn() {
        Replica leader = group.leader();
        submit(leader, "before");
        group.awaitAgreement("before");
        String follower = group.othersThan(leader).get(0).id();
        SendFailures.failNext(leader.id(), follower);
        submit(leader, "after");
        await().atMost(SOON).until(() -> SendFailures.hasHappened(leader.id(), follower));
        submit(leader, "later");
        group.awaitAgreement("later");
    }

    /** Who reconnects also finds out who leads, for which nobody waits 3 s. */
    /** It would be read from the log, again and again, for as long as the follower is gone. */
    @Test
    void aFollowerThatIsGoneIsSentNoEntries() throws InterruptedException {
        Replica leader = group.leader();
        Replica gone = group.othersThan(leader).get(0);
        int before = SendFailures.countOfEntriesSent(leader.id(), gone.id());
        submit(leader, "before");
        group.awaitAgreement("before");
        CutLinks.cut(leader.id(), gone.id());
        CutLinks.cut(gone.id(), leader.id());
        submit(leader, "sent, and refused");
        TimeUnit.MILLISECONDS.sleep(SILENT_MILLIS);
        int sent = SendFailures.countOfEntriesSent(leader.id(), gone.id());
        assertThat(sent).isGreaterThan(before);
        submit(leader, "not sent");
        TimeUnit.MILLISECONDS.sleep(SILENT_MILLIS);
        assertThat(SendFailures.countOfEntriesSent(leader.id(), gone.id())).isEqualTo(sent);
        group.mend();
        group.awaitAgreement("not sent");
        assertThat(SendFailures.countOfEntriesSent(leader.id(), gone.id())).isGreaterThan(sent);
    }

    @Test
    void reconnectingWaitsForNoOldConnectionAndLosesNothing() {
        Replica leader = group.leader();
        submit(leader, "before");
        CompletableFuture<Boolean> leftInterrupted = CompletableFuture.supplyAsync(() -> {
            group.othersThan(leader).forEach(other -> leader.membership().reconnect(other.id()));
            return Thread.currentThread().isInterrupted();
        });
        assertThat(leftInterrupted).succeedsWithin(Duration.ofSeconds(2)).isEqualTo(false);
        submit(leader, "after");
        group.awaitAgreement("after");
    }

    @Test
    void replicaWhoseLogFailsLeavesAndTheOthersGoOn() {
        Replica failing = group.leader();
        submit(failing, "before");
        // What the engine writes of its own would be what fails first.
        failing.awaitQuiet();
        failing.gate().breakDown();
        assertThat(refusal(failing.journal().submit(command("doubtful"))).reason())
                .isEqualTo(Reason.OUTCOME_UNKNOWN);
        await().atMost(SOON).until(() -> !failing.journal().isHealthy());
        assertThat(refusal(failing.journal().submit(command("late"))).reason()).isEqualTo(Reason.JOURNAL_FAILED);
        await().atMost(SOON)
                .untilAsserted(() -> assertThatIOException()
                        .isThrownBy(() -> failing.membership().status()));
        Replica next = group.leaderOf(group.othersThan(failing));
        submit(next, "after");
        assertThat(next.machine().applied()).startsWith("before").endsWith("after");
    }

    @Test
    void acknowledgementWaitsForTheDisksOfAMajority() {
        Replica leader = group.leader();
        submit(leader, "before");
        List<Replica> followers = group.othersThan(leader);
        followers.forEach(each -> each.gate().shut());
        CompletableFuture<Boolean> waiting = leader.journal().submit(command("waiting"));
        followers.forEach(each -> each.gate().awaitArrival());
        assertThat(waiting).isNotDone();
        assertThat(leader.machine().applied()).containsExactly("before");
        followers.get(0).gate().open();
        assertThat(waiting).succeedsWithin(SOON);
        followers.get(1).gate().open();
    }
}
