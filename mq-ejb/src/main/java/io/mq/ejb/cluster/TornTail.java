package io.mq.ejb.cluster;

/**
 * Tells the end of a log that a power cut has torn from a log that is damaged.
 *
 * <p>An entry is acknowledged by a replica once its bytes have been forced, and what was forced is there as a whole after
 * a power cut. So an entry of which a part is missing was never forced, never acknowledged by this replica, and may be
 * cut off; whether the entry was committed is for the others, of whom a majority has it then. The part that is missing
 * never reached the disk, and is what the file was preallocated with: zeros. That, and only that, is taken for a tear:
 *
 * <ul>
 *   <li>The entry is the last one: only zeros follow it, or the file's end does, and no entry that is whole begins behind
 *       it.
 *   <li>Its end is missing, or a sector in it.
 *   <li>It is not an entry that is all there but for a length that is wrong.
 * </ul>
 *
 * A wrong checksum alone is no tear: nothing is missing, so it may have been forced once, and its bytes have changed since.
 * Where the beginning is what is missing, nobody can say how many entries there were; that is refused, too.
 */
final class TornTail {

    /** The least that a disk writes as a whole. */
    private static final int SECTOR_BYTES = 512;

    /** The last byte that is set may be followed by zeros that belong to the checksum. */
    private static final int ZEROS_OF_A_CHECKSUM_MAX = 3;

    private final SegmentFrames frames;

    /** Where the first frame begins that is not whole. */
    private final int position;

    /** Of the entry in that frame. */
    private final long index;

    TornTail(SegmentFrames frames, int position, long index) {
        this.frames = frames;
        this.position = position;
        this.index = index;
    }

    boolean isTorn() {
        return frames.mayBeginAt(position) && isIncomplete() && !hasWrongLength() && !isFollowed();
    }

    private boolean isIncomplete() {
        long end = frames.endOf(position);
        int last = frames.lastByteSet();
        if (last < end - 1) {
            return true;
        }
        return last == end - 1 && frames.hasHole(position, (int) end, SECTOR_BYTES);
    }

    private boolean hasWrongLength() {
        int end = frames.lastByteSet() + 1;
        for (int zeros = 0; zeros <= ZEROS_OF_A_CHECKSUM_MAX; zeros++) {
            if (frames.wouldBeWhole(position, end + zeros)) {
                return true;
            }
        }
        return false;
    }

    /** The index is compared first, so that little of what clients have sent is taken for an entry and looked into. */
    private boolean isFollowed() {
        int last = frames.lastByteSet();
        long indexMax = index + (last - position);
        for (int at = position + 1; at <= last; at++) {
            long found = frames.indexAt(at);
            if (found > index && found <= indexMax && frames.isWholeAt(at)) {
                return true;
            }
        }
        return false;
    }
}
