package io.mq.core.journal;

/**
 * Sizes of a {@link FileJournal}.
 *
 * @param fileBytes size of each preallocated file
 * @param roundBytesMax how much one write and force carries at the most, unless a single command is larger
 * @param queueBytesMax how much may wait to be written before submits are refused
 * @param placedBytesMin how much must go to one log in a round to be forced into its segment instead of being journaled
 */
public record JournalConfig(int fileBytes, int roundBytesMax, int queueBytesMax, int placedBytesMin) {

    public JournalConfig {
        if (roundBytesMax > fileBytes / 2) {
            throw new IllegalArgumentException(
                    "a journal file of %d bytes must hold two rounds of %d bytes".formatted(fileBytes, roundBytesMax));
        }
        if (queueBytesMax < roundBytesMax) {
            throw new IllegalArgumentException("the journal's queue of %d bytes must hold a round of %d bytes"
                    .formatted(queueBytesMax, roundBytesMax));
        }
    }

    /** The largest command that fits into a file beside the file's own header and end mark. */
    public int commandBytesMax() {
        return fileBytes - JournalFile.HEADER_BYTES - 4 * JournalBlock.HEADER_BYTES;
    }
}
