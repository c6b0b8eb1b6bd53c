package io.mq.system.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast a producer sends that does not wait for answers.
 *
 * @param burst so many messages at a time
 * @param rest and then nothing for so long
 */
record Pace(int burst, Duration rest) {

    /** As fast as there is room for more. */
    static final Pace UNBOUND = new Pace(1, Duration.ZERO);

    /** Waits where it is time to. */
    void await(long sequence) {
        if (sequence % burst == 0 && !rest.isZero()) {
            LockSupport.parkNanos(rest.toNanos());
        }
    }
}
