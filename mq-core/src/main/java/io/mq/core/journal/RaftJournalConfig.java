package io.mq.core.journal;

/**
 * Sizes of a {@link RaftJournal}.
 *
 * @param commandBytesMax of the largest command
 * @param entryBytesMax how much one entry of the log carries at the most, unless a single command is larger; the cost of
 *     an entry hardly depends on its size
 * @param queueBytesMax how much may wait to be committed before submits are refused
 * @param entriesInFlightMax how many entries may be under way to the other nodes; what comes meanwhile shares the next
 */
public record RaftJournalConfig(int commandBytesMax, int entryBytesMax, int queueBytesMax, int entriesInFlightMax) {

    public RaftJournalConfig {
        if (entryBytesMax > entryBytesOf(commandBytesMax)) {
            throw new IllegalArgumentException(
                    "an entry of %d bytes is larger than the largest command, %d bytes, needs"
                            .formatted(entryBytesMax, commandBytesMax));
        }
        if (queueBytesMax < entryBytesMax) {
            throw new IllegalArgumentException("the journal's queue of %d bytes must hold an entry of %d bytes"
                    .formatted(queueBytesMax, entryBytesMax));
        }
        if (entriesInFlightMax < 1) {
            throw new IllegalArgumentException("%d entries in flight are too few".formatted(entriesInFlightMax));
        }
    }

    /** Bytes of the largest entry that there can be. */
    public int largestEntryBytes() {
        return entryBytesOf(commandBytesMax);
    }

    private static int entryBytesOf(int commandBytes) {
        return JournalBlock.HEADER_BYTES + JournalBlock.sizeOf(commandBytes);
    }
}
