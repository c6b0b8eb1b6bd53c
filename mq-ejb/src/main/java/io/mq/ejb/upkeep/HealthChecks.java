package io.mq.ejb.upkeep;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerHealth;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** What {@code /health/live}, {@code /health/ready} and {@code /health/started} answer. */
@ApplicationScoped
public class HealthChecks {

    @Inject
    private Broker broker;

    /** Down where only a restart helps. */
    @Produces
    @Liveness
    HealthCheck live() {
        return () -> answer(broker.status().health().isLive());
    }

    /** Down where messages are not taken or not delivered. */
    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> answer(broker.status().health().isReady());
    }

    /** Up as soon as there is a broker: the application does not start without one. */
    @Produces
    @Startup
    HealthCheck started() {
        return () -> answer(true);
    }

    private HealthCheckResponse answer(boolean isUp) {
        BrokerHealth health = broker.status().health();
        return HealthCheckResponse.named("mq-broker")
                .status(isUp)
                .withData("node", broker.status().nodeId())
                .withData("problems", String.join("; ", health.problems()))
                .build();
    }
}
