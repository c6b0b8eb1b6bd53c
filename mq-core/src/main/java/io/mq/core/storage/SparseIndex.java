package io.mq.core.storage;

import io.mq.core.file.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A sorted list of (key, value) pairs beside a segment: every so many bytes one pair says which offset, or which time,
 * stands where. It is a hint and nothing else. The segment is the truth: a missing, damaged or short index costs a
 * longer scan, never a wrong answer, and so it is never forced.
 *
 * <table>
 * <caption>Entry, numbers little-endian; keys ascend</caption>
 * <tr><th>at</th><th>bytes</th><th>content</th></tr>
 * <tr><td>0</td><td>8</td><td>key</td></tr>
 * <tr><td>8</td><td>8</td><td>value</td></tr>
 * <tr><td>16</td><td>4</td><td>CRC32C of bytes 0 to 16</td></tr>
 * <tr><td>20</td><td>4</td><td>0</td></tr>
 * </table>
 *
 * <p>Recovery rule: entries at the end that are not intact, or whose value lies beyond what the segment holds, are
 * cut off when the index is first used.
 *
 * <p>Safe for use by any thread.
 */
final class SparseIndex {

    private static final int ENTRY_BYTES = 24;
    private static final int CHECKED_BYTES = 16;

    /** Entries collected in memory before they are written: 1.5 KiB per write, 1 KiB of heap per growing segment. */
    private static final int PENDING_MAX = 64;

    private static final int UNKNOWN = -1;

    private final OpenFiles files;
    private final Path file;

    /** Values from here on point past what the segment held when it was opened. */
    private final long valueLimitAtOpen;

    /** Guarded by {@code this}. Entries in the file, or UNKNOWN before the first use. */
    private int stored = UNKNOWN;

    /** Guarded by {@code this}. Keys and values in turn, not yet in the file; null while there are none. */
    private long[] pending;

    /** Guarded by {@code this}. Longs used in {@link #pending}. */
    private int pendingUsed;

    SparseIndex(OpenFiles files, Path file, long valueLimitAtOpen) {
        this.files = files;
        this.file = file;
        this.valueLimitAtOpen = valueLimitAtOpen;
    }

    /** Adds a pair; {@code key} is above all keys before it. */
    synchronized void add(long key, long value) {
        if (pending == null) {
            pending = new long[8];
        } else if (pendingUsed == pending.length) {
            pending = Arrays.copyOf(pending, pendingUsed * 2);
        }
        pending[pendingUsed++] = key;
        pending[pendingUsed++] = value;
    }

    /** Writes what was added to the file, if it has become much. */
    synchronized void flushIfMany() throws IOException {
        if (pendingUsed >= 2 * PENDING_MAX) {
            flush();
        }
    }

    /** Writes what was added to the file; where the disk is full, lets it go. */
    synchronized void flush() throws IOException {
        if (pendingUsed == 0) {
            return;
        }
        ByteBuffer entries = ByteBuffer.allocate(pendingUsed / 2 * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < pendingUsed; i += 2) {
            putEntry(entries, pending[i], pending[i + 1]);
        }
        try (OpenFiles.Lease lease = files.acquireOrCreate(file)) {
            openIfNeeded(lease);
            lease.file().writeFully(entries.flip(), (long) stored * ENTRY_BYTES);
            stored += pendingUsed / 2;
        } catch (DiskFullException e) {
            // Only a hint is lost.
        }
        pending = null;
        pendingUsed = 0;
    }

    /**
     * The value of the last entry whose key is at most {@code key}.
     *
     * @return {@code otherwise} where there is none
     */
    synchronized long floor(long key, long otherwise) throws IOException {
        for (int i = pendingUsed - 2; i >= 0; i -= 2) {
            if (pending[i] <= key) {
                return pending[i + 1];
            }
        }
        try (OpenFiles.Lease lease = files.acquire(file)) {
            openIfNeeded(lease);
            return floorInFile(lease, key, otherwise);
        } catch (NoSuchFileException e) {
            return otherwise;
        }
    }

    private long floorInFile(OpenFiles.Lease lease, long key, long otherwise) throws IOException {
        int low = 0;
        int high = stored - 1;
        long best = otherwise;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            ByteBuffer entry = readEntry(lease, middle);
            if (!isIntact(entry)) {
                // A hole that a power cut left: everything from here on is as good as not there.
                high = middle - 1;
            } else if (entry.getLong(0) <= key) {
                best = entry.getLong(8);
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return best;
    }

    private void openIfNeeded(OpenFiles.Lease lease) throws IOException {
        if (stored != UNKNOWN) {
            return;
        }
        int entries = (int) (lease.file().size() / ENTRY_BYTES);
        while (entries > 0) {
            ByteBuffer last = readEntry(lease, entries - 1);
            if (isIntact(last) && last.getLong(8) < valueLimitAtOpen) {
                break;
            }
            entries--;
        }
        if ((long) entries * ENTRY_BYTES < lease.file().size()) {
            lease.file().truncate((long) entries * ENTRY_BYTES);
        }
        stored = entries;
    }

    private static ByteBuffer readEntry(OpenFiles.Lease lease, int number) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        lease.file().readFully(entry, (long) number * ENTRY_BYTES);
        return entry;
    }

    private static void putEntry(ByteBuffer target, long key, long value) {
        int at = target.position();
        target.putLong(key).putLong(value);
        target.putInt(crcOf(target, at)).putInt(0);
    }

    private static boolean isIntact(ByteBuffer entry) {
        return entry.position() == ENTRY_BYTES && entry.getInt(CHECKED_BYTES) == crcOf(entry, 0);
    }

    private static int crcOf(ByteBuffer buffer, int at) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(at, CHECKED_BYTES));
        return (int) crc.getValue();
    }

    /** Cuts off what the recovery rule names. */
    synchronized void cutBack() throws IOException {
        try (OpenFiles.Lease lease = files.acquire(file)) {
            openIfNeeded(lease);
        } catch (NoSuchFileException e) {
            // Nothing to cut.
        }
    }

    boolean isMissing() throws IOException {
        return !files.disk().exists(file);
    }

    synchronized void delete() throws IOException {
        files.forget(file);
        files.disk().delete(file);
    }
}
