package io.mq.core.state;

import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * Producers by when they were last used, to within {@link #GRAIN_MILLIS}: those that are idle are found without a look at
 * the others. Changed by one thread, read by any.
 */
final class ProducersByUse {

    /**
     * One minute. A producer that sends without a pause changes its place once in so long and not with every batch;
     * beside the days after which one is forgotten it is nothing.
     */
    static final long GRAIN_MILLIS = 60_000;

    /** Ids, by the minute of the last use. Invariant: no set is empty. */
    private final NavigableMap<Long, Set<Long>> byMinute = new ConcurrentSkipListMap<>();

    private static long minute(long millis) {
        return Math.floorDiv(millis, GRAIN_MILLIS);
    }

    /** @param before null for a producer that is new */
    void changed(ProducerState before, ProducerState after) {
        long minute = minute(after.lastUsedMillis());
        if (before != null) {
            if (minute(before.lastUsedMillis()) == minute) {
                return;
            }
            remove(before);
        }
        byMinute.computeIfAbsent(minute, m -> ConcurrentHashMap.newKeySet()).add(after.id());
    }

    void remove(ProducerState producer) {
        Long minute = minute(producer.lastUsedMillis());
        Set<Long> ids = byMinute.get(minute);
        ids.remove(producer.id());
        if (ids.isEmpty()) {
            byMinute.remove(minute);
        }
    }

    /** How many different minutes producers were last used in. */
    int minutes() {
        return byMinute.size();
    }

    /** All that were last used before then, and such of the same minute that were used later. */
    Stream<Long> until(Instant time) {
        Map<Long, Set<Long>> minutes = byMinute.headMap(minute(time.toEpochMilli()), true);
        return minutes.values().stream().flatMap(Set::stream);
    }
}
