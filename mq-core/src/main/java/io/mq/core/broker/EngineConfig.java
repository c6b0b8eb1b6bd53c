package io.mq.core.broker;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.journal.JournalConfig;

/** Sizes of the part of the broker that keeps things. */
public record EngineConfig(JournalConfig journal, int openFilesMax, long tailBytesMax) {

    /** Larger rounds force no more bytes per second, and make whoever waits for the next one wait longer. */
    private static final int ROUND_BYTES_MAX = 4 << 20;

    /** From here on a segment's force of its own costs less than writing the bytes twice. */
    private static final int PLACED_BYTES_MIN = 256 << 10;

    /** A log writes to one file and is read from others meanwhile. */
    private static final int OPEN_FILES_MIN = 8;

    /** What each of several engines of a node may take. */
    EngineConfig share(int engines) {
        return new EngineConfig(journal, Math.max(OPEN_FILES_MIN, openFilesMax / engines), tailBytesMax / engines);
    }

    public static EngineConfig from(Configuration configuration) {
        int fileBytes = Math.toIntExact(configuration.get(Settings.JOURNAL_FILE_BYTES));
        int roundBytes = Math.min(ROUND_BYTES_MAX, fileBytes / 4);
        int queueBytes = (int) Math.min(Integer.MAX_VALUE, configuration.get(Settings.IN_FLIGHT_BYTES_MAX));
        return new EngineConfig(
                new JournalConfig(fileBytes, roundBytes, Math.max(roundBytes, queueBytes), PLACED_BYTES_MIN),
                configuration.get(Settings.OPEN_FILES_MAX),
                configuration.get(Settings.TAIL_BYTES_MAX));
    }
}
