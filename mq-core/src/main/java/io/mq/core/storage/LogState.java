package io.mq.core.storage;

/**
 * What a checkpoint keeps of a log, and what its recovery cuts the files back to.
 *
 * @param start the first offset that may be read
 * @param end the next offset to be assigned
 * @param activeBase base offset of the segment that was written last
 * @param activeBytes bytes in that segment
 * @param maxTimeMillis the highest append time of all records so far; 0 before the first
 */
public record LogState(long start, long end, long activeBase, int activeBytes, long maxTimeMillis) {

    public static final LogState NEW = new LogState(0, 0, 0, 0, 0);
}
