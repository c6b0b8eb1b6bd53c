package io.mq.ejb.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A file of the engine's log, as it is on disk:
 *
 * <pre>
 * "RaftLog1"                     once, forced before anything follows
 * length   varint, up to 5 bytes of the entry alone; never begins with a zero byte
 * entry    length bytes          begins with its term and its index
 * CRC32C   4 bytes, big-endian   of length and entry
 * …                              the next entry
 * zeros    up to the file's end  preallocated; a closed file has none
 * </pre>
 */
final class SegmentFrames {

    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

    private static final int CHECKSUM_BYTES = 4;
    private static final int VARINT_BYTES_MAX = 10;
    private static final byte TERM_TAG = 0x08;
    private static final byte INDEX_TAG = 0x10;

    private final byte[] content;
    private final int lastByteSet;

    SegmentFrames(byte[] content) {
        this.content = content;
        int last = content.length - 1;
        while (last >= 0 && content[last] == 0) {
            last--;
        }
        this.lastByteSet = last;
    }

    boolean hasHeader() {
        return content.length >= HEADER.length && Arrays.equals(content, 0, HEADER.length, HEADER, 0, HEADER.length);
    }

    /** Where the first frame begins. */
    int first() {
        return HEADER.length;
    }

    /** The place of the last byte that is not zero; -1 where all are. */
    int lastByteSet() {
        return lastByteSet;
    }

    /** Whether there is nothing from this place on, or nothing but zeros. */
    boolean isEndAt(int position) {
        return lastByteSet < position;
    }

    /** Whether a frame may begin here. */
    boolean mayBeginAt(int position) {
        return byteAt(position) != 0;
    }

    /** Where the frame at this place ends if its length is right, which may be far behind the file's end. */
    long endOf(int position) {
        Varint length = varintAt(position);
        long bytes = length.value & 0xFFFF_FFFFL;
        return position + length.bytes + bytes + CHECKSUM_BYTES;
    }

    /** Whether the frame at this place is all there and its checksum fits. */
    boolean isWholeAt(int position) {
        long end = endOf(position);
        return end <= content.length && checksumFits(position, (int) end - CHECKSUM_BYTES);
    }

    private boolean checksumFits(int position, int checksumAt) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, position, checksumAt - position);
        return (int) checksum.getValue() == ByteBuffer.wrap(content).getInt(checksumAt);
    }

    /** Whether a frame from this place to that one would be whole if its length said so. */
    boolean wouldBeWhole(int position, int end) {
        for (int lengthBytes = 1; lengthBytes <= 4; lengthBytes++) {
            int entryBytes = end - position - lengthBytes - CHECKSUM_BYTES;
            if (end <= content.length && entryBytes > 0 && varintBytes(entryBytes) == lengthBytes) {
                byte[] frame = Arrays.copyOfRange(content, position, end);
                putVarint(frame, entryBytes);
                return new SegmentFrames(frame).checksumFits(0, frame.length - CHECKSUM_BYTES);
            }
        }
        return false;
    }

    private static int varintBytes(int value) {
        return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static void putVarint(byte[] target, int value) {
        int at = 0;
        int rest = value;
        for (; rest > 0x7F; rest >>>= 7) {
            target[at++] = (byte) (rest | 0x80);
        }
        target[at] = (byte) rest;
    }

    /** The index of the entry in the frame at this place; -1 where it does not begin as an entry does. */
    long indexAt(int position) {
        int at = position + varintAt(position).bytes;
        if (byteAt(at) != TERM_TAG) {
            return -1;
        }
        at += 1 + varintAt(at + 1).bytes;
        return byteAt(at) == INDEX_TAG ? varintAt(at + 1).value : -1;
    }

    /** Whether all bytes of one sector of the disk within these bounds are zero. */
    boolean hasHole(int from, int to, int sectorBytes) {
        for (int sector = from + Math.floorMod(-from, sectorBytes); sector + sectorBytes <= to; sector += sectorBytes) {
            if (isZero(sector, sector + sectorBytes)) {
                return true;
            }
        }
        return false;
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (content[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private record Varint(long value, int bytes) {}

    private Varint varintAt(int position) {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX; i++) {
            byte next = byteAt(position + i);
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return new Varint(value, i + 1);
            }
        }
        return new Varint(value, VARINT_BYTES_MAX);
    }

    /** Behind the end, there is what a longer file would have been preallocated with. */
    private byte byteAt(int position) {
        return position < content.length ? content[position] : 0;
    }
}
