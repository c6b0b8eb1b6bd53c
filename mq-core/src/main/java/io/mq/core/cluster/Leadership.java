package io.mq.core.cluster;

import java.util.Optional;

/**
 * Which node leads, as this one knows it at the moment: it may be wrong for as long as an election takes. Nothing that is
 * acknowledged rests on it; a node that wrongly thinks it leads has its commands refused by the log.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
public interface Leadership {

    /** Of a node without others. */
    Leadership ALONE = new Leadership() {
        @Override
        public boolean isLeading() {
            return true;
        }

        @Override
        public Optional<NodeAddresses> otherLeader() {
            return Optional.empty();
        }

        @Override
        public void onChange(Runnable listener) {
            // There is none.
        }
    };

    /** Whether this node leads and has applied everything that earlier leaders have committed. */
    boolean isLeading();

    /** Another node that leads; empty while this one does, and while none is known. */
    Optional<NodeAddresses> otherLeader();

    /** Has something run after each change of the above, on any thread; it must be short. */
    void onChange(Runnable listener);
}
