package io.mq.ejb.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * What of its log a leader keeps, though its checkpoint holds it: what followers are about to take over. One that is behind
 * would have to fetch a checkpoint otherwise, and the next one after that, for as long as more is published than it fetches.
 * One that takes over nothing keeps nobody from forgetting.
 *
 * <p>Safe for use by any thread.
 */
final class LogRetention {

    /** With more in the log than this, whoever is behind has to fetch a checkpoint. */
    static final long BYTES_MAX = 1L << 30;

    /** By follower: up to where it had the log at the last look. Guarded by {@code this}. */
    private final Map<String, Long> before = new HashMap<>();

    /**
     * To be called at each checkpoint.
     *
     * @param checkpoint the last index that the checkpoint holds
     * @param matching for each follower: up to where its log is known to be alike; none where this node does not lead
     * @param logBytes what the log has on the disk
     * @return the last index that may be forgotten
     */
    synchronized long release(long checkpoint, Map<String, Long> matching, long logBytes) {
        long through = checkpoint;
        for (Map.Entry<String, Long> follower : matching.entrySet()) {
            Long last = before.get(follower.getKey());
            boolean isTakingOver = last == null || follower.getValue() > last;
            if (isTakingOver && logBytes <= BYTES_MAX) {
                through = Math.min(through, follower.getValue());
            }
        }
        before.clear();
        before.putAll(matching);
        return through;
    }
}
