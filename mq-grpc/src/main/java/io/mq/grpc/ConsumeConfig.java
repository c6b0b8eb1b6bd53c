package io.mq.grpc;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all Consume calls have in common.
 *
 * @param releaseTimeout how long a consumer may take to be through with a partition that it is to give up
 * @param scheduler runs what is due; nothing there takes long
 */
record ConsumeConfig(Duration heartbeatInterval, Duration releaseTimeout, ScheduledExecutorService scheduler) {

    /**
     * While less than this waits for its socket, a consumer gets the next piece: it takes as long to send as the next
     * one to read.
     */
    static final int READY_BYTES = 256 << 10;

    /** What all consumers together may have waiting in pieces above the smallest. */
    static final long SEND_BYTES = 32 << 20;
}
