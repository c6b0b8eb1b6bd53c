package io.mq.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;

/** The REST interface, one prefix and one version for all of it. */
@ApplicationPath("/api/v1")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "mq",
                        version = "v1",
                        description =
                                "Topics, messages, consumer groups, the node itself and its cluster. Errors are problem+json."))
public class ApiApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                TopicsResource.class,
                PublishResource.class,
                FetchResource.class,
                GroupsResource.class,
                NodeResource.class,
                ClusterResource.class,
                ClusterTable.class,
                ForwardedResource.class,
                ForwardingFilter.class,
                CaughtUpFilter.class,
                BodyLimit.class,
                Problems.Refusals.class,
                Problems.HttpErrors.class,
                Problems.Everything.class);
    }
}
