package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.RaftLog;
import io.mq.ejb.cluster.ReplicaGroup.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single node's checkpoint becomes where its log begins, and others take it over before they become replicas. */
class GrowingGroupTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    /** What the single node has applied before there was a cluster. */
    private static final LogPosition BEFORE = LogPosition.of(1000);

    @TempDir
    private Path directory;

    private ReplicaGroup group;
    private Replica first;

    /** Installs the first replica's checkpoint. */
    private static final class Fetching implements ShardEvents {

        private final List<String> senders = new CopyOnWriteArrayList<>();
        private volatile int failures;
        private volatile Duration taking = Duration.ZERO;

        @Override
        public void changed() {
            // Nobody asked.
        }

        @Override
        public CompletableFuture<LogPosition> fetchSnapshot(String leader, RaftLog.Replica replica) {
            senders.add(leader);
            if (failures > 0) {
                failures--;
                return CompletableFuture.failedFuture(new IOException("cut off"));
            }
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return replica.install(BEFORE, () -> {});
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    CompletableFuture.delayedExecutor(taking.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    @BeforeEach
    void formGroup() throws IOException {
        group = ReplicaGroup.empty(directory);
        first = group.start("a", BEFORE);
        first.membership().form();
        submit(group.leader(), "one");
    }

    @AfterEach
    void stopReplicas() {
        group.close();
    }

    private static void submit(Replica replica, String text) {
        assertThat(replica.journal().submit(command(text))).succeedsWithin(SOON);
    }

    @Test
    void logOfASingleNodeBeginsBehindItsCheckpoint() throws IOException {
        assertThat(first.machine().indexes()).hasSize(1).allMatch(index -> index > BEFORE.index());
        group.stop(first);
        Replica again = group.start("a", BEFORE);
        group.awaitAgreement("one");
        submit(group.leader(), "two");
        assertThat(again.machine().applied()).containsExactly("one", "two");
    }

    @Test
    void othersTakeOverTheCheckpointAndBecomeReplicas() throws IOException {
        Fetching fetching = new Fetching();
        fetching.failures = 1;
        Replica second = group.start("b", LogPosition.START, fetching);
        group.join(second);
        assertThat(fetching.senders).hasSize(2).containsOnly("a");
        Replica third = group.start("c", LogPosition.START, new Fetching());
        group.join(third);
        submit(first, "two");
        group.awaitAgreement("two");
        assertThat(group.running()).allSatisfy(each -> {
            assertThat(each.machine().applied()).containsExactly("one", "two");
            assertThat(each.membership().status().voters()).containsExactlyInAnyOrder("a", "b", "c");
        });
        group.stop(first);
        submit(group.leader(), "three");
        group.awaitAgreement("three");
    }

    @Test
    void replicaThatLostItsDataIsReplacedByItsNextLife() throws IOException {
        group.join(group.start("b", LogPosition.START, new Fetching()));
        group.join(group.start("c.1", LogPosition.START, new Fetching()));
        Replica lost = group.running().stream()
                .filter(each -> each.id().equals("c.1"))
                .findFirst()
                .orElseThrow();
        group.stop(lost);
        Replica next = group.start("c.2", LogPosition.START, new Fetching());
        next.membership().await();
        assertThat(first.membership().add("c.2", next.node().self().getAddress(), Optional.of("c.1"), 3))
                .succeedsWithin(SOON);
        submit(first, "two");
        group.awaitAgreement("two");
        assertThat(first.membership().status().voters()).containsExactlyInAnyOrder("a", "b", "c.2");
    }

    /** Of which the leader knows no more than that it does not answer, until its next life has taken over everything. */
    @Test
    void nextLifeAtTheAddressOfTheFormerOneTakesItsPlace() throws IOException {
        group.join(group.start("b", LogPosition.START, new Fetching()));
        Replica lost = group.start("c.1", LogPosition.START, new Fetching());
        group.join(lost);
        group.stop(lost);
        Fetching slow = new Fetching();
        slow.taking = Duration.ofSeconds(4);
        Replica next = group.startInPlaceOf("c.1", "c.2", slow);
        next.membership().await();
        // As where a node is there again.
        first.membership().reconnect("c.1");
        assertThat(first.membership().add("c.2", next.node().self().getAddress(), Optional.of("c.1"), 3))
                .succeedsWithin(SOON);
        submit(first, "two");
        group.awaitAgreement("two");
        assertThat(next.journal().isHealthy()).isTrue();
    }

    @Test
    void replicaThatWasAwayForATermCatchesUp() throws IOException {
        Replica second = group.start("b", LogPosition.START, new Fetching());
        group.join(second);
        group.join(group.start("c", LogPosition.START, new Fetching()));
        submit(first, "two");
        group.awaitAgreement("two");
        group.stop(first);
        Replica next = group.leader();
        submit(next, "three");
        Replica again = group.start("a", BEFORE);
        submit(group.leader(), "four");
        group.awaitAgreement("four");
        assertThat(again.machine().applied()).containsExactly("one", "two", "three", "four");
    }

    @Test
    void removedReplicaVotesNoMore() throws IOException {
        group.join(group.start("b", LogPosition.START, new Fetching()));
        assertThat(first.membership().remove("b")).succeedsWithin(SOON);
        assertThat(first.membership().status().voters()).containsExactlyInAnyOrder("a");
        submit(first, "alone");
    }

    @Test
    void leadershipIsHandedOverAndTaken() throws IOException {
        Replica second = group.start("b", LogPosition.START, new Fetching());
        group.join(second);
        group.join(group.start("c", LogPosition.START, new Fetching()));
        assertThat(first.membership().transfer("b")).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> second.membership().status().isLeading());
        assertThat(second.membership().status().matching()).containsOnlyKeys("a", "c");
        group.stop(second);
        first.membership().standForElection("b");
        Replica next = group.leader();
        submit(next, "two");
        group.awaitAgreement("two");
    }
}
