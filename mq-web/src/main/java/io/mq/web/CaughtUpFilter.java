package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.error.BrokerException;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does what {@link CaughtUp} says. */
@Provider
@CaughtUp
public class CaughtUpFilter implements ContainerRequestFilter {

    private static final long PATIENCE_SECONDS = 5;

    @Inject
    private Broker broker;

    @Override
    public void filter(ContainerRequestContext request) {
        try {
            broker.caughtUp().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BrokerException refusal ? refusal : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw BrokerException.notLeading("nothing is agreed upon in the cluster at the moment; ask again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerException.shuttingDown("ask another, or this one after its restart");
        }
    }
}
