package io.mq.core.broker;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Remembers stored bytes that could not be read or failed their check. Safe for use by any thread. */
public final class Damage {

    private static final Logger LOG = System.getLogger(Damage.class.getName());

    /** Reports beyond this many say nothing new. */
    private static final int REPORTS_MAX = 100;

    /** Guarded by itself. */
    private final Set<String> reports = new LinkedHashSet<>();

    void found(IOException damage) {
        synchronized (reports) {
            if (reports.size() < REPORTS_MAX && reports.add(damage.getMessage())) {
                LOG.log(Level.ERROR, "Stored messages are damaged: {0}", damage.getMessage());
            }
        }
    }

    /** What was found since the start, each place once. */
    public List<String> reports() {
        synchronized (reports) {
            return List.copyOf(reports);
        }
    }
}
