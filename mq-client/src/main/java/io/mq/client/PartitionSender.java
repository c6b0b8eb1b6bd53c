package io.mq.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The order in which one partition's batches go out, again where that is needed, and their numbers.
 *
 * <p>A batch gets its number when it is sent. The server stores numbers without gaps, so one batch that fails takes those
 * behind it along: this waits until all that are on their way have been answered, goes back to the number of the first
 * that failed, and sends what is left from there. A batch that failed for good leaves no hole, since what was behind it is
 * numbered anew; a batch that may be stored keeps its number until the server has said that it is not.
 *
 * <p>Confined to the loop, but for {@link #markWoken} and {@link #queue}.
 */
final class PartitionSender {

    private final int partition;
    private final PartitionQueue queue;
    private final int inFlightMax;

    /** Sent on the present stream; in the order of their numbers. */
    private final Deque<PendingBatch> inFlight = new ArrayDeque<>();

    /** To be sent again before anything from the queue, in order. */
    private final Deque<PendingBatch> resend = new ArrayDeque<>();

    private final AtomicBoolean woken = new AtomicBoolean();

    /** How many in flight the server has not answered. */
    private int unanswered;

    /** The number of the next record that is sent for the first time or anew. */
    private int nextSequence;

    /** What the server is known to have stored ends here. Numbers wrap around, so their difference is what counts. */
    private int storedSequence;

    /** Why nothing is sent until all is answered: the failure with the lowest number; or null. */
    private MqException failure;

    /** The number of what failed. */
    private int failedSequence;

    /** Whether a time has to pass before something is sent. */
    private boolean pausing;

    /** Whether this is in the line of partitions that may have something to send. */
    private boolean inLine;

    PartitionSender(int partition, PartitionQueue queue, int inFlightMax) {
        this.partition = partition;
        this.queue = queue;
        this.inFlightMax = inFlightMax;
    }

    int partition() {
        return partition;
    }

    PartitionQueue queue() {
        return queue;
    }

    /** @return whether it was not marked before; of any thread */
    boolean markWoken() {
        return woken.compareAndSet(false, true);
    }

    void unmarkWoken() {
        woken.set(false);
    }

    boolean enterLine() {
        boolean entered = !inLine;
        inLine = true;
        return entered;
    }

    void leaveLine() {
        inLine = false;
    }

    /** The next batch to send, which is then this method's caller's; or null where there is none now. */
    PendingBatch next() {
        if (failure != null || pausing || inFlight.size() >= inFlightMax) {
            return null;
        }
        PendingBatch again = resend.poll();
        return again == null ? queue.poll(inFlight.isEmpty()) : again;
    }

    /** Takes back what {@link #next} gave: there is no room to send it now. */
    void giveBack(PendingBatch batch) {
        resend.addFirst(batch);
    }

    /** Gives the batch its number; it is about to be sent. */
    void sending(PendingBatch batch) {
        if (!batch.numbered) {
            batch.baseSequence = nextSequence;
            batch.numbered = true;
            nextSequence += batch.count();
        }
        batch.uncertain = true;
        batch.answered = false;
        inFlight.add(batch);
        unanswered++;
    }

    /** The server has stored it. */
    void stored(PendingBatch batch) {
        unanswered--;
        inFlight.remove(batch);
        int end = batch.baseSequence + batch.count();
        if (end - storedSequence > 0) {
            storedSequence = end;
        }
    }

    /** The server has not stored it and never will. */
    void failedForGood(PendingBatch batch, MqException why) {
        unanswered--;
        inFlight.remove(batch);
        noteFailure(batch, why);
    }

    /**
     * The server has not stored it and never will, but may store parts of it, which take its place.
     *
     * @param parts all of its messages, in their order
     */
    void refused(PendingBatch batch, List<PendingBatch> parts, MqException why) {
        unanswered--;
        List<PendingBatch> others = new ArrayList<>(inFlight);
        int place = others.indexOf(batch);
        others.remove(place);
        parts.forEach(part -> part.answered = true);
        others.addAll(place, parts);
        inFlight.clear();
        inFlight.addAll(others);
        noteFailure(batch, why);
    }

    /** The server has not stored it, or does not know, but may store it when it is sent again. */
    void failedForNow(PendingBatch batch, MqException why) {
        unanswered--;
        batch.answered = true;
        batch.uncertain = batch.knownStored || why.isOutcomeUnknown();
        noteFailure(batch, why);
    }

    private void noteFailure(PendingBatch batch, MqException why) {
        if (failure == null || batch.baseSequence - failedSequence < 0) {
            failure = why;
            failedSequence = batch.baseSequence;
        }
    }

    /** Whether something failed and all that was behind it is answered, so that {@link #rewind} is due. */
    boolean isToRewind() {
        return failure != null && unanswered == 0;
    }

    /**
     * Goes back to what failed first, but not behind what is stored.
     *
     * @return why it failed
     */
    MqException rewind() {
        MqException why = failure;
        nextSequence = failedSequence - storedSequence < 0 ? storedSequence : failedSequence;
        requeue();
        resend.forEach(batch -> batch.numbered = batch.knownStored);
        return why;
    }

    private void requeue() {
        PendingBatch last = inFlight.pollLast();
        while (last != null) {
            resend.addFirst(last);
            last = inFlight.pollLast();
        }
        unanswered = 0;
        failure = null;
    }

    /** The stream is gone, and with it the answers to all that was in flight. */
    void streamBroken() {
        requeue();
        pausing = false;
    }

    /**
     * On a new stream, whose start has put an end to all that was under way on others: what has a number below the
     * server's next one is stored there. All else is not and gets a new number.
     */
    void resume(int serverNext) {
        boolean stored = true;
        for (PendingBatch batch : resend) {
            int end = batch.baseSequence + batch.count();
            stored = stored && batch.numbered && batch.uncertain && end - serverNext <= 0;
            batch.knownStored = stored;
            batch.numbered = stored;
            batch.uncertain = stored;
        }
        nextSequence = serverNext;
        storedSequence = serverNext;
    }

    /** Holds back, or no longer. */
    void setPausing(boolean whether) {
        pausing = whether;
    }

    /** Takes out what has waited since before a point in time, wherever it is. */
    List<PendingBatch> removeOlderThan(long nanoTime) {
        List<PendingBatch> old = new ArrayList<>();
        removeOlderThan(nanoTime, inFlight, old);
        unanswered = (int) inFlight.stream().filter(batch -> !batch.answered).count();
        removeOlderThan(nanoTime, resend, old);
        old.addAll(queue.pollOlderThan(nanoTime));
        return old;
    }

    private static void removeOlderThan(long nanoTime, Deque<PendingBatch> from, List<PendingBatch> old) {
        for (PendingBatch batch : from) {
            if (batch.sinceNanos() - nanoTime < 0) {
                old.add(batch);
            }
        }
        from.removeAll(old);
    }

    /** All that is neither stored nor given up, in order. */
    List<PendingBatch> unresolved() {
        List<PendingBatch> all = new ArrayList<>(inFlight);
        all.addAll(resend);
        all.addAll(queue.waiting());
        return all;
    }

    /** Takes all out of here. */
    List<PendingBatch> drain() {
        List<PendingBatch> all = new ArrayList<>(inFlight);
        all.addAll(resend);
        all.addAll(queue.drain());
        inFlight.clear();
        resend.clear();
        return all;
    }
}
