package io.mq.core.journal;

import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that are written, forced and applied together. Appends that are worth to be {@linkplain StateMachine#place
 * placed} have a round to themselves: they are applied before they are durable, which nothing else may be.
 */
final class Round {

    private final int bytesMax;
    private final int placedBytesMin;
    private final List<Entry<?>> entries = new ArrayList<>();
    private int bytes = JournalBlock.HEADER_BYTES;
    private boolean hasAppendsOnly = true;

    /**
     * @param bytesMax of the block, unless a single command is larger
     * @param placedBytesMin how much must go to one log to be placed
     */
    Round(int bytesMax, int placedBytesMin) {
        this.bytesMax = bytesMax;
        this.placedBytesMin = placedBytesMin;
    }

    /** Adds the next command, unless it has to wait for a round of its own. */
    boolean add(Entry<?> next) {
        if (!entries.isEmpty() && !isJoinedBy(next)) {
            return false;
        }
        entries.add(next);
        bytes += JournalBlock.sizeOf(next.size());
        hasAppendsOnly &= next.isAppend();
        return true;
    }

    private boolean isJoinedBy(Entry<?> next) {
        if (bytes + JournalBlock.sizeOf(next.size()) > bytesMax) {
            return false;
        }
        return next.isAppend() ? hasAppendsOnly || next.size() < placedBytesMin : !isPlaced();
    }

    /** Whether its appends are to be placed. */
    boolean isPlaced() {
        return hasAppendsOnly && bytes >= placedBytesMin;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    List<Entry<?>> entries() {
        return entries;
    }

    int size() {
        return entries.size();
    }

    /** Of the block that holds all commands whole, its padding included. */
    int blockBytes() {
        return JournalBlock.padded(bytes);
    }

    /** Applies the commands, each with the next index, and returns what completes their callers. */
    List<Runnable> apply(StateMachine stateMachine, long firstIndex) {
        List<Runnable> completions = new ArrayList<>(entries.size());
        for (Entry<?> entry : entries) {
            completions.add(entry.apply(stateMachine, firstIndex + completions.size()));
        }
        return completions;
    }

    /** Applies the commands as one entry of a log: all have the same index. */
    List<Runnable> applyAsOne(StateMachine stateMachine, long index) {
        return entries.stream().map(entry -> entry.apply(stateMachine, index)).toList();
    }

    void refuse(BrokerException answer) {
        entries.forEach(entry -> entry.refuse(answer));
    }

    /** Of the commands alone, as they were submitted. */
    long commandBytes() {
        return entries.stream().mapToLong(Entry::size).sum();
    }
}
