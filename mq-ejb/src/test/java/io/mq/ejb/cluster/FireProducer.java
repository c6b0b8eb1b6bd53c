package io.mq.ejb.cluster;

import static io.mq.core.journal.RecordingStateMachine.command;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.ejb.cluster.ReplicaGroup.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Submits numbered commands to whoever says that it leads, and sometimes to another, until it is told to end. A few are
 * under way at the same time, all by way of the same replica: what goes by way of two has no order.
 */
final class FireProducer extends Thread {

    private static final int AT_ONCE_MAX = 8;
    private static final int IDLE_MILLIS = 20;

    /** Far longer than it takes an isolated leader to give up. */
    private static final int ANSWER_SECONDS_MAX = 40;

    private final String producer;
    private final ReplicaGroup group;
    private final FireLedger ledger;
    private final Random random;
    private volatile boolean isOver;
    private int number;

    FireProducer(String producer, ReplicaGroup group, FireLedger ledger, Random random) {
        super("producer-" + producer);
        this.producer = producer;
        this.group = group;
        this.ledger = ledger;
        this.random = random;
    }

    /** Returns when all that was submitted is answered. */
    void end() throws InterruptedException {
        isOver = true;
        join();
    }

    @Override
    public void run() {
        while (!isOver) {
            Optional<Replica> target = target();
            if (target.isEmpty() || !submitTo(target.get())) {
                idle();
            }
        }
    }

    private Optional<Replica> target() {
        List<Replica> running = List.copyOf(group.running());
        if (running.isEmpty()) {
            return Optional.empty();
        }
        List<Replica> leading = running.stream().filter(FireProducer::leads).toList();
        List<Replica> candidates = leading.isEmpty() || random.nextInt(10) == 0 ? running : leading;
        return Optional.of(candidates.get(random.nextInt(candidates.size())));
    }

    private static boolean leads(Replica replica) {
        try {
            return replica.info().isLeader();
        } catch (RuntimeException e) {
            // It is ending.
            return false;
        }
    }

    /** Whether any of a few commands was acknowledged. */
    private boolean submitTo(Replica target) {
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        int count = 1 + random.nextInt(AT_ONCE_MAX);
        for (int i = 0; i < count; i++) {
            String text = "%s:%d".formatted(producer, number++);
            CompletableFuture<Boolean> answer = target.journal().submit(command(text));
            answers.add(answer.handle((value, failure) -> note(text, failure))
                    .completeOnTimeout(null, ANSWER_SECONDS_MAX, TimeUnit.SECONDS)
                    .thenApply(isAcknowledged -> {
                        if (isAcknowledged == null) {
                            ledger.wonder(text, "none by " + target.id());
                        }
                        return Boolean.TRUE.equals(isAcknowledged);
                    }));
        }
        return answers.stream().map(CompletableFuture::join).reduce(false, Boolean::logicalOr);
    }

    private boolean note(String text, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
            ledger.acknowledge(producer, text);
            return true;
        }
        if (!(cause instanceof BrokerException answer)) {
            ledger.wonder(text, cause);
        } else if (answer.reason() != Reason.OUTCOME_UNKNOWN) {
            ledger.refuse(text);
        }
        return false;
    }

    private static void idle() {
        try {
            TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
