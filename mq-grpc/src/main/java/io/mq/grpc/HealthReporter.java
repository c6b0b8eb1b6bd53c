package io.mq.grpc;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.mq.core.broker.Broker;
import io.mq.proto.MessageQueueServiceGrpc;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps {@code grpc.health.v1} telling what the broker says of itself, as a whole and for the service. */
final class HealthReporter {

    /** How old the answer may be; asking the broker costs next to nothing. */
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final HealthStatusManager manager = new HealthStatusManager();
    private final Broker broker;

    /** Guarded by {@code this}. */
    private boolean isStopped;

    HealthReporter(Broker broker) {
        this.broker = broker;
        refresh();
    }

    BindableService service() {
        return manager.getHealthService();
    }

    void startOn(ScheduledExecutorService scheduler) {
        var unused = scheduler.scheduleWithFixedDelay(
                this::refresh, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void refresh() {
        if (isStopped) {
            return;
        }
        ServingStatus status = broker.status().health().isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        manager.setStatus(MessageQueueServiceGrpc.SERVICE_NAME, status);
    }

    /** Says NOT_SERVING from now on, whatever the broker says. */
    synchronized void stop() {
        if (!isStopped) {
            isStopped = true;
            manager.enterTerminalState();
        }
    }
}
