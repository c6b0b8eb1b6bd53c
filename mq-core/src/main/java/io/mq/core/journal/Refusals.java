package io.mq.core.journal;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;

/** What a {@link FileJournal} answers where it does not take a command. */
final class Refusals {

    private static final Duration DISK_FULL_RETRY = Duration.ofSeconds(1);
    private static final Duration QUEUE_FULL_RETRY = Duration.ofMillis(100);

    private Refusals() {}

    static BrokerException tooLarge(int bytes, int bytesMax) {
        return BrokerException.of(
                Reason.MESSAGE_TOO_LARGE,
                "a command of %d bytes does not fit a journal file, which takes %d; raise mq.journal.file-bytes"
                        .formatted(bytes, bytesMax));
    }

    static BrokerException busy(long queuedBytes) {
        return BrokerException.of(
                        Reason.BROKER_BUSY,
                        "%d bytes already wait for the disk; send less at a time or wait".formatted(queuedBytes))
                .retryAfter(QUEUE_FULL_RETRY);
    }

    static BrokerException diskFull(int fileBytes) {
        return BrokerException.of(
                        Reason.DISK_FULL,
                        "the disk has no room for another journal file of %d bytes; free some space"
                                .formatted(fileBytes))
                .retryAfter(DISK_FULL_RETRY);
    }

    static BrokerException shuttingDown() {
        return BrokerException.shuttingDown("use another or wait for its restart");
    }

    static BrokerException failed(Throwable cause) {
        return BrokerException.caused(
                Reason.JOURNAL_FAILED,
                "the journal failed (%s); this node takes no writes until mq is restarted".formatted(cause),
                cause);
    }

    static BrokerException inDoubt(Throwable cause) {
        return BrokerException.caused(
                Reason.OUTCOME_UNKNOWN,
                "it may be committed, or not (%s); send it again, with a producer's sequence where it must not be there twice"
                        .formatted(cause),
                cause);
    }
}
