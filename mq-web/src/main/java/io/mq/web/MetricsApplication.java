package io.mq.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** What monitoring asks for, at the path where monitoring looks for it. */
@ApplicationPath("/metrics")
public class MetricsApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                MetricsResource.class, Problems.Refusals.class, Problems.HttpErrors.class, Problems.Everything.class);
    }
}
