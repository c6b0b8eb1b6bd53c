package io.mq.core.broker;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.delivery.DeliveryConfig;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.journal.RaftJournalConfig;
import java.nio.file.Path;

/** Everything that a broker is told at its start. */
public record BrokerConfig(
        Path dataDirectory,
        EngineConfig engine,
        DeliveryConfig delivery,
        Limits limits,
        Upkeep.Schedule upkeep,
        int segmentBytes,
        long freeBytesMin,
        int deliveryThreads) {

    /** What an entry costs hardly depends on its size up to here. */
    private static final int ENTRY_BYTES_MAX = 1 << 20;

    /** While as many are under way, what arrives shares the next one. */
    private static final int ENTRIES_IN_FLIGHT_MAX = 4;

    public BrokerConfig {
        long missing = (long) limits.messageBytesMax()
                + Limits.OVERHEAD_BYTES
                - engine.journal().commandBytesMax();
        if (missing > 0) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "mq.limits.message-bytes-max=%d does not fit a journal file: raise mq.journal.file-bytes to at least %d"
                            .formatted(
                                    limits.messageBytesMax(), engine.journal().fileBytes() + missing));
        }
    }

    /**
     * Sizes of a journal that a node has in common with others.
     *
     * @param shards how many of them there are
     */
    RaftJournalConfig raftJournal(int shards) {
        int commandBytesMax =
                Math.min(engine.journal().commandBytesMax(), limits.batchBytesMax() + Limits.OVERHEAD_BYTES);
        int entryBytesMax = Math.min(ENTRY_BYTES_MAX, commandBytesMax);
        return new RaftJournalConfig(
                commandBytesMax,
                entryBytesMax,
                Math.max(entryBytesMax, engine.journal().queueBytesMax() / shards),
                ENTRIES_IN_FLIGHT_MAX);
    }

    /** @throws StartupException where values do not go together */
    public static BrokerConfig from(Configuration configuration) {
        return new BrokerConfig(
                configuration.get(Settings.DATA_DIR).toAbsolutePath().normalize(),
                EngineConfig.from(configuration),
                new DeliveryConfig(
                        configuration.get(Settings.STALL_TIMEOUT),
                        configuration.get(Settings.SUBSCRIPTIONS_MAX),
                        configuration.get(Settings.GROUPS_MAX),
                        configuration.get(Settings.GROUP_MEMBERS_MAX)),
                Limits.from(configuration),
                Upkeep.Schedule.from(configuration),
                Math.toIntExact(configuration.get(Settings.SEGMENT_BYTES)),
                configuration.get(Settings.FREE_BYTES_MIN),
                configuration.get(Settings.DELIVERY_THREADS));
    }
}
