package io.mq.core.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads what is stored, again and again and slowly, and checks it, so that a decaying disk is noticed while there still
 * is a copy. A damaged segment is reported once per pass.
 *
 * <p>Confined to one thread.
 */
public final class Scrubber {

    private final Supplier<List<SegmentLog>> logs;
    private final Consumer<IOException> onDamage;

    /** Null between two passes. */
    private Iterator<SegmentLog> remainingLogs;

    private Iterator<LogSegment> remainingSegments = List.<LogSegment>of().iterator();

    /** The segment being read; null between two. */
    private LogSegment segment;

    private int position;
    private long passes;

    /** @param onDamage told of what fails its check and of what cannot be read at all */
    public Scrubber(Supplier<List<SegmentLog>> logs, Consumer<IOException> onDamage) {
        this.logs = logs;
        this.onDamage = onDamage;
    }

    /** Checks about this many bytes more, or to the end of the pass. */
    public void advance(long bytesMax) {
        long budget = bytesMax;
        while (budget > 0) {
            if (segment == null && !nextSegment()) {
                passes++;
                return;
            }
            budget -= verifySome((int) Math.min(budget, Integer.MAX_VALUE));
        }
    }

    /** How often everything was read. */
    public long passes() {
        return passes;
    }

    private boolean nextSegment() {
        if (remainingLogs == null) {
            remainingLogs = logs.get().iterator();
        }
        while (!remainingSegments.hasNext()) {
            if (!remainingLogs.hasNext()) {
                remainingLogs = null;
                return false;
            }
            remainingSegments = List.of(remainingLogs.next().segments()).iterator();
        }
        segment = remainingSegments.next();
        position = 0;
        return true;
    }

    /** Answers how many bytes it took, at least one. */
    private int verifySome(int bytesMax) {
        int from = position;
        boolean isDone;
        try {
            position = segment.size() == 0 ? 0 : segment.verify(from, bytesMax);
            isDone = position >= segment.size();
        } catch (NoSuchFileException e) {
            // Given up by retention meanwhile.
            isDone = true;
        } catch (IOException e) {
            onDamage.accept(e);
            isDone = true;
        }
        if (isDone) {
            segment = null;
        }
        return Math.max(1, position - from);
    }
}
