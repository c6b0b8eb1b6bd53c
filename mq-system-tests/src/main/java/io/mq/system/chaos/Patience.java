package io.mq.system.chaos;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Calls again where a server says that it cannot at the moment, as when nobody leads.
 *
 * @param limit after which the failure is the caller's
 */
record Patience(Duration limit) {

    private static final Duration BETWEEN = Duration.ofMillis(300);

    <T> T call(Supplier<T> call) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Code.UNAVAILABLE || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
        }
    }
}
