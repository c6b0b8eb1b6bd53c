package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.RecordingStateMachine;
import io.mq.ejb.cluster.ReplicaGroup.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What befalls three replicas while producers are at work, step by step, and what must hold when all is well again. */
final class FireSchedule {

    /** Short, so that there are many elections; under load, some that no step has asked for. */
    private static final Duration ELECTION_TIMEOUT = Duration.ofMillis(250);

    private static final int ROUNDS = 3;
    private static final int STEPS_MAX = 6;
    private static final int STEP_MILLIS_MAX = 400;
    private static final int PRODUCERS = 2;

    /** For a leader, and for all to have what it has. */
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(30);

    /** For a command, where there is a leader. */
    private static final Duration PROGRESS_MAX = Duration.ofSeconds(2);

    /** Some stand twice, so that they are drawn as often as what they undo. */
    private enum Step {
        CUT,
        CUT_BOTH_WAYS,
        ISOLATE_LEADER,
        ISOLATE,
        ROUGHEN,
        ROUGHEN_ANSWERS,
        FAIL_SENDING,
        MEND,
        MEND_AGAIN,
        HANG,
        HANG_LEADER,
        GO_ON,
        FAIL_FORCES,
        STOP,
        STOP_LEADER,
        LOSE_POWER,
        LOSE_POWER_OF_LEADER,
        LOSE_POWER_OF_ALL,
        START,
        START_AGAIN,
        HAND_OVER,
        DEPOSE
    }

    private final ReplicaGroup group;
    private final List<String> ids;
    private final Random random;
    private final FireLedger ledger = new FireLedger();
    private final List<String> steps = new ArrayList<>();
    private final long begin = System.nanoTime();

    /** Of each life of each replica. */
    private final List<RecordingStateMachine> lives = new ArrayList<>();

    /** The last that a replica was known to be in before it ended. */
    private final Map<String, Long> terms = new HashMap<>();

    /** How often it was tried to have a command acknowledged when all was well. */
    private int attempts;

    private FireSchedule(ReplicaGroup group, List<String> ids, Random random) {
        this.group = group;
        this.ids = ids;
        this.random = random;
        group.running().forEach(each -> lives.add(each.machine()));
    }

    /**
     * Runs the schedule of a seed.
     *
     * @return how many commands were acknowledged
     */
    static int run(long seed, Path directory) throws Exception {
        List<String> ids = List.of(seed + "a", seed + "b", seed + "c");
        try (ReplicaGroup group = ReplicaGroup.start(directory, ids, ELECTION_TIMEOUT)) {
            FireSchedule schedule = new FireSchedule(group, ids, new Random(seed));
            try {
                schedule.run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("after%n  %s%n%s".formatted(String.join("\n  ", schedule.steps), e), e);
            }
            return schedule.ledger.acknowledgements();
        }
    }

    private void run() throws Exception {
        List<FireProducer> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new FireProducer("p" + i, group, ledger, new Random(random.nextLong())));
        }
        producers.forEach(Thread::start);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                awaitProgress();
                int count = 1 + random.nextInt(STEPS_MAX);
                for (int i = 0; i < count; i++) {
                    pass(random.nextInt(STEP_MILLIS_MAX));
                    take(Step.values()[random.nextInt(Step.values().length)]);
                }
                pass(random.nextInt(STEP_MILLIS_MAX));
                makeWell();
            }
        } finally {
            for (FireProducer producer : producers) {
                producer.end();
            }
        }
        awaitProgress();
        awaitAgreement();
        verify();
    }

    private static void pass(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private void note(String what, Object... which) {
        steps.add("%5d ms  %s"
                .formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin), what.formatted(which)));
    }

    // --- steps ---

    private void take(Step step) throws IOException {
        // Drawn in any case, so that what was found to be the case changes nothing of what comes later.
        String one = ids.get(random.nextInt(ids.size()));
        String other = ids.get((ids.indexOf(one) + 1 + random.nextInt(ids.size() - 1)) % ids.size());
        int delayMillisMax = 1 << random.nextInt(10);
        Random own = new Random(random.nextLong());
        switch (step) {
            case CUT -> {
                note("cut %s -> %s", one, other);
                CutLinks.cut(one, other);
            }
            case CUT_BOTH_WAYS -> {
                note("cut %s <-> %s", one, other);
                CutLinks.cut(one, other);
                CutLinks.cut(other, one);
            }
            case ISOLATE -> isolate(one);
            case ISOLATE_LEADER -> isolate(leaderOr(one));
            case ROUGHEN -> {
                note("roughen %s -> %s, %d ms", one, other, delayMillisMax);
                CutLinks.roughen(one, other, delayMillisMax, own);
            }
            case ROUGHEN_ANSWERS -> {
                note("roughen answers of %s, %d ms", one, delayMillisMax);
                CutLinks.roughenAnswers(one, delayMillisMax, own);
            }
            case FAIL_SENDING -> {
                note("fail sending %s -> %s", one, other);
                SendFailures.failNext(one, other);
            }
            case MEND, MEND_AGAIN -> {
                note("mend all links");
                group.mend();
            }
            case HANG -> hang(one);
            case HANG_LEADER -> hang(leaderOr(one));
            case GO_ON -> {
                note("all forces go on");
                group.running().forEach(each -> each.gate().open());
            }
            case FAIL_FORCES -> {
                for (Replica each : running(one)) {
                    note("fail forces of %s", one);
                    each.gate().breakDown();
                }
            }
            case STOP -> stop(one);
            case STOP_LEADER -> stop(leaderOr(one));
            case LOSE_POWER -> losePower(running(one), own);
            case LOSE_POWER_OF_LEADER -> losePower(running(leaderOr(one)), own);
            case LOSE_POWER_OF_ALL -> losePower(List.copyOf(group.running()), own);
            case START, START_AGAIN -> startOne();
            case HAND_OVER -> handOver(leaderOr(one), other);
            case DEPOSE -> depose(other, one);
        }
    }

    private List<Replica> running(String id) {
        return group.running().stream().filter(each -> each.id().equals(id)).toList();
    }

    private String leaderOr(String otherwise) {
        return group.running().stream()
                .filter(each -> each.info().isLeader())
                .map(Replica::id)
                .findFirst()
                .orElse(otherwise);
    }

    private void isolate(String id) {
        note("isolate %s", id);
        for (String other : ids) {
            if (!other.equals(id)) {
                CutLinks.cut(id, other);
                CutLinks.cut(other, id);
            }
        }
    }

    private void handOver(String from, String to) {
        for (Replica each : running(from)) {
            try {
                var unused = each.membership().transfer(to);
                note("hand over from %s to %s", from, to);
            } catch (IOException e) {
                note("%s is ending and hands over nothing", from);
            }
        }
    }

    private void depose(String leader, String next) {
        for (Replica each : running(next)) {
            try {
                each.membership().standForElection(leader);
                note("depose %s by %s", leader, next);
            } catch (IOException e) {
                note("%s is ending and does not stand for election", next);
            }
        }
    }

    private void hang(String id) {
        for (Replica each : running(id)) {
            note("hang forces of %s", id);
            each.gate().shut();
        }
    }

    private void stop(String id) {
        for (Replica each : running(id)) {
            note("stop %s", id);
            terms.put(id, each.termOnDisk());
            each.gate().open();
            group.stop(each);
        }
    }

    private void losePower(Collection<Replica> replicas, Random own) throws IOException {
        List<Replica> well =
                replicas.stream().filter(each -> each.journal().isHealthy()).toList();
        note("power cut of %s", well.stream().map(Replica::id).toList());
        well.forEach(each -> terms.put(each.id(), each.termOnDisk()));
        for (Map.Entry<String, PowerCut> cut : group.losePower(well).entrySet()) {
            int torn = cut.getValue().restoreTorn(own);
            note("  %s has torn %d bytes", cut.getKey(), torn);
        }
        // Their links were cut to keep what they do meanwhile from the others, who may be cut off nevertheless.
        well.forEach(each -> ids.forEach(other -> {
            CutLinks.mend(each.id(), other);
            CutLinks.mend(other, each.id());
        }));
    }

    /** One that is not running, or whose log has failed. */
    private void startOne() throws IOException {
        for (String id : ids) {
            if (running(id).stream().noneMatch(each -> each.journal().isHealthy())) {
                start(id);
                return;
            }
        }
    }

    private void start(String id) throws IOException {
        stop(id);
        Replica started = group.start(id, LogPosition.START);
        long term = started.info().getCurrentTerm();
        note("start %s in term %d", id, term);
        lives.add(started.machine());
        assertThat(term).as("term of %s after its restart", id).isGreaterThanOrEqualTo(terms.get(id));
    }

    // --- the end ---

    private void makeWell() throws IOException {
        note("all is well");
        group.mend();
        group.running().forEach(each -> each.gate().open());
        startWhatHasFailed();
    }

    /** A replica whose log fails later than that, by what was under way, is started again as an operator would. */
    private void awaitProgress() {
        await().atMost(RECOVERY_MAX).pollInterval(Duration.ofMillis(20)).until(() -> {
            startWhatHasFailed();
            reopenWhereDue();
            // Whoever has failed meanwhile may be the one without whom there is no leader.
            Optional<Replica> leader = ReplicaGroup.leaderNow(group.running());
            return leader.isPresent()
                    && leader.get()
                            .journal()
                            .submit(command("progress:" + attempts++))
                            .handle((answer, failure) -> failure == null)
                            .completeOnTimeout(false, PROGRESS_MAX.toMillis(), TimeUnit.MILLISECONDS)
                            .get();
        });
        note("a command is acknowledged");
    }

    private void startWhatHasFailed() throws IOException {
        for (String id : ids) {
            if (running(id).stream().noneMatch(each -> each.journal().isHealthy())) {
                start(id);
            }
        }
    }

    /** What a node does for its replica several times a second. */
    private void reopenWhereDue() throws IOException {
        for (Replica each : group.running()) {
            Optional<String> why = each.membership().whyToReopen();
            if (why.isPresent()) {
                note("open the log of %s again: %s", each.id(), why.get());
                each.membership().reopen();
            }
        }
    }

    private void awaitAgreement() {
        await().atMost(RECOVERY_MAX).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            // One whose forces fail may have had nothing to force until now.
            startWhatHasFailed();
            reopenWhereDue();
            assertThat(group.running().stream()
                            .map(each -> each.machine().applied().size())
                            .toList())
                    .as("how many commands each replica has applied")
                    .hasSize(ids.size())
                    .containsOnly(group.leader().machine().applied().size());
        });
        note("all have it");
    }

    private void verify() {
        RecordingStateMachine one = group.leader().machine();
        ledger.verify(one);
        for (RecordingStateMachine life : lives) {
            int length = life.applied().size();
            assertThat(one.applied()).as("applied by the last leader").hasSizeGreaterThanOrEqualTo(length);
            assertThat(life.applied()).isEqualTo(one.applied().subList(0, length));
            assertThat(life.indexes()).isEqualTo(one.indexes().subList(0, length));
        }
    }
}
