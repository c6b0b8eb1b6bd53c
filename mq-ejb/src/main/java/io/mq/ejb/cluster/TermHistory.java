package io.mq.ejb.cluster;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The terms of a log's entries, from the first on that was noted. One thread at a time notes, any may ask. */
final class TermHistory {

    /** By the first index that is known to have each. */
    private final ConcurrentNavigableMap<Long, Long> terms = new ConcurrentSkipListMap<>();

    /** @param index behind all that were noted */
    void note(long term, long index) {
        Map.Entry<Long, Long> last = terms.lastEntry();
        if (last == null || last.getValue() != term) {
            terms.put(index, term);
        }
    }

    /** Empty where the entry is before the first that was noted. */
    OptionalLong termOf(long index) {
        Map.Entry<Long, Long> found = terms.floorEntry(index);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.getValue());
    }
}
