package io.mq.ejb.upkeep;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerHealth;
import io.mq.core.broker.BrokerStatus;
import jakarta.ejb.EJBException;
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

    private static final String NAME = "mq-broker";

    /** The container collects the checks before there is a broker to be injected, and asks them, too. */
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
        try {
            return answer(isUp, broker().status());
        } catch (EJBException e) {
            return HealthCheckResponse.named(NAME)
                    .down()
                    .withData("problems", "this node is starting")
                    .build();
        }
    }

    private static HealthCheckResponse answer(Predicate<BrokerHealth> isUp, BrokerStatus status) {
        BrokerHealth health = status.health();
        return HealthCheckResponse.named(NAME)
                .status(isUp.test(health))
                .withData("node", status.nodeId())
                .withData("problems", String.join("; ", health.problems()))
                .build();
    }

    /** @throws EJBException before there is one */
    private Broker broker() {
        if (broker == null) {
            broker = provider.get();
        }
        return broker;
    }
}
