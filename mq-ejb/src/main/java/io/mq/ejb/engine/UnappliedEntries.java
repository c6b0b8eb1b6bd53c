package io.mq.ejb.engine;

import java.util.NavigableMap;
import java.util.TreeMap;

/** How much a replica's log has taken that was not applied since. Confined to one thread at a time. */
final class UnappliedEntries {

    /** Of each request, by its last index. */
    private final NavigableMap<Long, Long> bytesByLast = new TreeMap<>();

    private long bytes;

    /** Says that the log has taken these entries, instead of what it had from the first of them on. */
    void took(long first, long last, long size) {
        forget(bytesByLast.tailMap(first, true));
        bytesByLast.put(last, size);
        bytes += size;
    }

    /** @param applied the last index that was applied */
    long bytesBehind(long applied) {
        forget(bytesByLast.headMap(applied, true));
        return bytes;
    }

    private void forget(NavigableMap<Long, Long> requests) {
        for (long size : requests.values()) {
            bytes -= size;
        }
        requests.clear();
    }
}
