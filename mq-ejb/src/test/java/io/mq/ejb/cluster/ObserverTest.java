package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.ejb.cluster.ReplicaGroup.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fourth replica that has everything, and no vote. */
class ObserverTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int VOTERS = 3;

    @TempDir
    private Path directory;

    private ReplicaGroup group;
    private Replica observer;
    private final List<String> acknowledged = new ArrayList<>();

    @BeforeEach
    void startGroup() throws IOException {
        group = ReplicaGroup.start(directory);
        publish("before");
        observer = group.start("d");
        group.join(observer, VOTERS);
        upkeep(observer);
    }

    @AfterEach
    void stopReplicas() {
        group.close();
    }

    private void publish(String text) {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> group.leader().journal().submit(command(text)).join() != null);
        acknowledged.add(text);
    }

    /** What a node does for its replica several times a second. */
    private static void upkeep(Replica replica) throws IOException {
        if (replica.membership().whyToReopen().isPresent()) {
            replica.membership().reopen();
        }
    }

    private void awaitObserver(Replica replica) {
        await().atMost(SOON).until(() -> {
            upkeep(replica);
            return ShardMembership.isObserver(
                            replica.node().server().getDivision(replica.node().group(SingleReplica.SHARD)))
                    && !replica.membership().isObserverByNameOnly();
        });
    }

    /** One of those that vote from the start. */
    private Replica followerOf(Replica leader) {
        return group.othersThan(leader).stream()
                .filter(each -> List.of("a", "b", "c").contains(each.id()))
                .findFirst()
                .orElseThrow();
    }

    private void assertAgreement(String last) {
        publish(last);
        group.awaitAgreement(last);
        assertThat(group.running())
                .allSatisfy(each ->
                        assertThat(each.machine().applied()).as(each.id()).containsExactlyElementsOf(acknowledged));
    }

    @Test
    void followsAndIsNotWaitedFor() throws IOException {
        assertAgreement("with it");
        ShardStatus status = group.leader().membership().status();
        assertThat(status.voters()).containsExactly("a", "b", "c");
        assertThat(status.observers()).containsExactly("d");
        // Two of three suffice, as if there were no fourth.
        group.stop(observer);
        group.stop(group.othersThan(group.leader()).get(0));
        publish("without it");
    }

    @Test
    void staysWhereTheLeaderIsGone() throws IOException {
        awaitObserver(observer);
        Replica gone = group.leader();
        group.stop(gone);
        assertAgreement("under the next leader");
        assertThat(observer.membership().isOpen()).isTrue();
        assertThat(observer.journal().isHealthy()).isTrue();
    }

    /** Until its log is opened anew, it runs as the voter that it was, and finds out that it is none. */
    @Test
    void isOpenedAgainWhereItStoodForElection() throws IOException {
        Replica leader = group.leader();
        Replica demoted = followerOf(leader);
        assertThat(leader.membership().changeVoters(Optional.empty(), Optional.of(demoted.id())))
                .succeedsWithin(SOON);
        publish("with two voters");
        group.awaitAgreement("with two voters");
        group.isolate(demoted);
        await().atMost(SOON).until(() -> !demoted.membership().isOpen());
        group.mend();
        assertThat(demoted.journal().isHealthy()).isTrue();
        publish("while it is closed");
        awaitObserver(demoted);
        assertAgreement("open again");
    }

    @Test
    void isGivenTheVoteOfAnotherWhichObservesFromThenOn() throws IOException {
        awaitObserver(observer);
        Replica leader = group.leader();
        Replica other = followerOf(leader);
        group.awaitAgreement("before");
        await().atMost(SOON).ignoreExceptions().until(() -> {
            leader.membership()
                    .changeVoters(Optional.of("d"), Optional.of(other.id()))
                    .join();
            return true;
        });
        awaitObserver(other);
        assertAgreement("changed");
        group.stop(leader);
        assertAgreement("led by another voter");
        assertThat(group.leader()).isNotSameAs(other);
        assertThat(other.membership().isOpen()).isTrue();
        // Both that vote are needed now.
        Replica again = group.start(leader.id(), LogPosition.START);
        assertAgreement("all again");
        assertThat(again.membership().status().voters()).contains("d").doesNotContain(other.id());
    }

    /** The engine would not have it vote, and without its vote nobody would lead here. */
    @Test
    void votesWhereItWasGivenTheVoteBeforeItWasOpenedAsAnObserver() throws IOException {
        Replica late = group.start("e");
        group.join(late, VOTERS);
        publish("everywhere");
        group.awaitAgreement("everywhere");
        Replica leader = group.leader();
        Replica demoted = followerOf(leader);
        assertThat(leader.membership().changeVoters(Optional.of("e"), Optional.of(demoted.id())))
                .succeedsWithin(SOON);
        awaitObserver(demoted);
        assertAgreement("given the vote");
        if (late.membership().isVoterByNameOnly()) {
            late.membership().reopen();
        }
        group.stop(leader);
        assertAgreement("led by one that it voted for");
    }

    /** It goes by the vote that it had, and hears of its loss from those that it asks for theirs. */
    @Test
    void isOpenedAgainWhereItWasAwayWhenItLostItsVote() throws IOException {
        awaitObserver(observer);
        Replica leader = group.leader();
        Replica away = followerOf(leader);
        group.awaitAgreement("before");
        group.isolate(away);
        assertThat(leader.membership().changeVoters(Optional.of("d"), Optional.of(away.id())))
                .succeedsWithin(SOON);
        for (Replica other : group.othersThan(away)) {
            CutLinks.mend(away.id(), other.id());
        }
        await().atMost(SOON).until(() -> !away.membership().isOpen());
        group.mend();
        awaitObserver(away);
        assertAgreement("back");
        assertThat(away.journal().isHealthy()).isTrue();
    }

    @Test
    void voterThatIsGoneIsReplacedAndObservesWhenItIsBack() throws IOException {
        awaitObserver(observer);
        Replica leader = group.leader();
        Replica gone = followerOf(leader);
        group.stop(gone);
        publish("two of three");
        assertThat(leader.membership().changeVoters(Optional.of("d"), Optional.of(gone.id())))
                .succeedsWithin(SOON);
        publish("three of three");
        Replica back = group.start(gone.id());
        awaitObserver(back);
        assertAgreement("all");
        group.stop(leader);
        assertAgreement("two of three again");
    }

    /** The engine does not open a log while it is asked something. */
    @Test
    void isOpenedAgainWhileOthersGoOnSending() throws Exception {
        awaitObserver(observer);
        AtomicBoolean isOver = new AtomicBoolean();
        Thread publishing = new Thread(() -> {
            for (int i = 0; !isOver.get(); i++) {
                publish("m" + i);
            }
        });
        publishing.start();
        for (int i = 0; i < 5; i++) {
            observer.membership().reopen();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        isOver.set(true);
        publishing.join();
        assertAgreement("last");
        assertThat(observer.journal().isHealthy()).isTrue();
    }

    @Test
    void leaderKeepsItsVote() throws IOException {
        Replica leader = group.leader();
        assertThat(leader.membership().changeVoters(Optional.empty(), Optional.of(leader.id())))
                .failsWithin(SOON)
                .withThrowableThat()
                .withMessageContaining("leads shard");
        assertThat(leader.membership().changeVoters(Optional.of("x"), Optional.empty()))
                .failsWithin(SOON)
                .withThrowableThat()
                .withMessageContaining("does not follow this node");
    }
}
