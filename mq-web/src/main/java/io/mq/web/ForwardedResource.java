package io.mq.web;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What another node answers. Nobody names it: {@link ForwardingFilter} leads here. */
@Path(ForwardedResource.PATH)
@RequestScoped
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.WILDCARD)
public class ForwardedResource {

    static final String PATH = "forwarded";

    private static final byte[] NO_BODY = {};

    @Inject
    private LeaderRequestsBean leader;

    @GET
    @Operation(hidden = true)
    public CompletionStage<Response> get(@Context ContainerRequestContext request, @Context UriInfo uri) {
        return forward(request, uri, NO_BODY);
    }

    @OPTIONS
    @Operation(hidden = true)
    public CompletionStage<Response> options(@Context ContainerRequestContext request, @Context UriInfo uri) {
        return forward(request, uri, NO_BODY);
    }

    @DELETE
    @Operation(hidden = true)
    public CompletionStage<Response> delete(@Context ContainerRequestContext request, @Context UriInfo uri) {
        return forward(request, uri, NO_BODY);
    }

    @POST
    @Operation(hidden = true)
    public CompletionStage<Response> post(@Context ContainerRequestContext request, @Context UriInfo uri, byte[] body) {
        return forward(request, uri, body);
    }

    @PUT
    @Operation(hidden = true)
    public CompletionStage<Response> put(@Context ContainerRequestContext request, @Context UriInfo uri, byte[] body) {
        return forward(request, uri, body);
    }

    @PATCH
    @Operation(hidden = true)
    public CompletionStage<Response> patch(
            @Context ContainerRequestContext request, @Context UriInfo uri, byte[] body) {
        return forward(request, uri, body);
    }

    private CompletionStage<Response> forward(ContainerRequestContext request, UriInfo uri, byte[] body) {
        Object target = request.getProperty(ForwardingFilter.TARGET);
        if (target == null) {
            throw new NotFoundException();
        }
        URI base = uri.getBaseUri();
        return leader.send(
                        new LeaderRequests.Request(request.getMethod(), target.toString(), request.getHeaders(), body))
                .thenApply(answer -> response(answer, base));
    }

    private static Response response(LeaderRequests.Answer answer, URI base) {
        Response.ResponseBuilder response = Response.status(answer.status());
        answer.headers()
                .forEach((name, values) -> values.forEach(value -> response.header(
                        name, name.equalsIgnoreCase(HttpHeaders.LOCATION) ? here(value, base) : value)));
        return response.entity(answer.body()).build();
    }

    /** What the leader has made is reached through this node as well, and through the leader perhaps not. */
    static String here(String location, URI base) {
        return base.resolve(URI.create(location).getRawPath()).toString();
    }
}
