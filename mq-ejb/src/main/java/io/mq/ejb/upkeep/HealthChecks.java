package io.mq.ejb.upkeep;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerHealth;
import io.mq.core.broker.BrokerStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.function.Predicate;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** What {@code /health/live}, {@code /health/ready} and {@code /health/started} answer. */
@ApplicationScoped
public class HealthChecks {

    /** The container collects the checks before there is a broker to be injected. */
    @Inject
    private Provider<Broker> provider;

    private volatile Broker broker;

    /** Down where only a restart helps. */
    @Produces
    @Liveness
    HealthCheck live() {
        return () -> answer(BrokerHealth::isLive);
    }

    /** Down where messages are not taken or not delivered. */
    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> answer(BrokerHealth::isReady);
    }

    /** Up as soon as there is a broker: the application does not start without one. */
    @Produces
    @Startup
    HealthCheck started() {
        return () -> answer(health -> true);
    }

    private HealthCheckResponse answer(Predicate<BrokerHealth> isUp) {
        BrokerStatus status = broker().status();
        BrokerHealth health = status.health();
        return HealthCheckResponse.named("mq-broker")
                .status(isUp.test(health))
                .withData("node", status.nodeId())
                .withData("problems", String.join("; ", health.problems()))
                .build();
    }

    private Broker broker() {
        if (broker == null) {
            broker = provider.get();
        }
        return broker;
    }
}
