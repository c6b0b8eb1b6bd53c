package io.mq.server;

import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Lets through what an operator of mq wants to read: everything that mq logs, warnings of everything else. Levels in the
 * configuration do not do it, since the application server sets those of its own loggers itself.
 */
public final class ConsoleFilter implements Filter {

    private static final String OWN = "io.mq";

    @Override
    public boolean isLoggable(LogRecord record) {
        String logger = String.valueOf(record.getLoggerName());
        return logger.startsWith(OWN) || record.getLevel().intValue() >= Level.WARNING.intValue();
    }
}
