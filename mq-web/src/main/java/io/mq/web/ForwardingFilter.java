package io.mq.web;

import io.mq.core.broker.Broker;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import java.util.Set;

/** Where this node does not lead, hands requests to {@link ForwardedResource} instead of the resources that they name. */
@Provider
@PreMatching
public class ForwardingFilter implements ContainerRequestFilter {

    /** The request's path and query, as they came. */
    static final String TARGET = "io.mq.web.target";

    /** What each node answers by itself: {@link NodeResource}, {@link ClusterResource}. */
    private static final Set<String> OWN_PATHS = Set.of("node", "health", ClusterResource.PATH);

    @Inject
    private Broker broker;

    @Override
    public void filter(ContainerRequestContext request) {
        if (!broker.leadership().isLeading() && isForLeader(request.getUriInfo().getPath())) {
            URI base = request.getUriInfo().getBaseUri();
            request.setProperty(TARGET, target(request.getUriInfo().getRequestUri()));
            request.setRequestUri(base, base.resolve(ForwardedResource.PATH));
        }
    }

    /** @param path of the request, below that of the API */
    static boolean isForLeader(String path) {
        String bare = path.startsWith("/") ? path.substring(1) : path;
        int end = bare.indexOf('/');
        return !OWN_PATHS.contains(end < 0 ? bare : bare.substring(0, end));
    }

    static String target(URI request) {
        return request.getRawQuery() == null
                ? request.getRawPath()
                : request.getRawPath() + "?" + request.getRawQuery();
    }
}
