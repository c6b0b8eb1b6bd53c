package io.mq.ejb.startup;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Decides which of mq's log messages are shown. */
final class LogLevel {

    /** Held here, since the log manager forgets a logger, and its level, when nobody else knows it. */
    private static final Logger MQ = Logger.getLogger("io.mq");

    private LogLevel() {}

    /** @param name error, warning, info or debug */
    static void set(String name) {
        MQ.setLevel(
                switch (name) {
                    case "error" -> Level.SEVERE;
                    case "warning" -> Level.WARNING;
                    case "debug" -> Level.FINE;
                    default -> Level.INFO;
                });
    }
}
