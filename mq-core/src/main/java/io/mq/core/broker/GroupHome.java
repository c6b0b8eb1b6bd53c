package io.mq.core.broker;

import io.mq.core.cluster.Leadership;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.error.BrokerException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Takes subscribers where this node leads the catalog's shard, and nowhere else: only one node is to know a group's
 * members. Those of a node that stops leading are to find the one that does.
 */
final class GroupHome {

    private static final Logger LOG = System.getLogger(GroupHome.class.getName());

    /** A shard that commits nothing for so long must not keep the others' messages from their readers. */
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(2);

    private final Shards shards;
    private final Subscriptions subscriptions;
    private final Leadership leadership;

    GroupHome(Shards shards, Subscriptions subscriptions) {
        this.shards = shards;
        this.subscriptions = subscriptions;
        this.leadership = shards.catalog().leadership();
    }

    void follow() {
        leadership.onChange(this::changed);
        changed();
    }

    /** Or two changes, one close behind the other, might take effect the other way round. */
    private synchronized void changed() {
        if (!leadership.isLeading()) {
            subscriptions.pause(BrokerException.notLeading("this node does not lead, or no longer; call again"));
        } else if (shards.count() == 1) {
            subscriptions.resume();
        } else {
            // What groups have committed in the other shards may not have reached this node yet.
            var unused = shards.caughtUp()
                    .orTimeout(CATCH_UP_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, failure) -> resume(failure));
        }
    }

    private synchronized void resume(Throwable failure) {
        if (failure != null) {
            LOG.log(Level.INFO, "Groups may be sent again what they have committed: {0}", failure.getMessage());
        }
        if (leadership.isLeading()) {
            subscriptions.resume();
        }
    }
}
