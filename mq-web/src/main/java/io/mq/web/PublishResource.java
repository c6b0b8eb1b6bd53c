package io.mq.web;

import io.mq.batch.Record;
import io.mq.core.broker.Broker;
import io.mq.core.broker.PublishRequest;
import io.mq.web.MessageJson.Acknowledged;
import io.mq.web.MessageJson.PublishMessage;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Messages on their way in, one at a time. */
@Path("topics/{topic}/messages")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "messages")
public class PublishResource {

    /** Query parameters that begin with this are headers of the message. */
    private static final String HEADER_PARAMETER = "header.";

    @Inject
    private Broker broker;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Publish a message; the answer comes when it is as durable as it says")
    @APIResponseSchema(value = Acknowledged.class, responseCode = "201")
    public CompletionStage<Response> publish(@PathParam("topic") String topic, PublishMessage message) {
        return publish(Fields.required("body", message).toRequest(topic));
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Publish the body, whatever it is, as a message; headers as query parameters header.<name>")
    @APIResponseSchema(value = Acknowledged.class, responseCode = "201")
    public CompletionStage<Response> publishRaw(
            @PathParam("topic") String topic,
            @QueryParam("key") String key,
            @QueryParam("partition") Integer partition,
            @QueryParam("durability") String durability,
            @QueryParam("deadLetter") boolean deadLetter,
            @Context UriInfo uri,
            byte[] payload) {
        Record message = new Record(
                Optional.ofNullable(key).map(StandardCharsets.UTF_8::encode),
                ByteBuffer.wrap(payload),
                MessageJson.headersOf(headerParameters(uri)));
        return publish(new PublishRequest(
                topic,
                partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                message,
                deadLetter,
                MessageJson.durabilityOf(durability)));
    }

    private static Map<String, String> headerParameters(UriInfo uri) {
        Map<String, String> headers = new LinkedHashMap<>();
        uri.getQueryParameters().forEach((name, values) -> {
            if (name.startsWith(HEADER_PARAMETER)) {
                headers.put(name.substring(HEADER_PARAMETER.length()), values.get(0));
            }
        });
        return headers;
    }

    private CompletionStage<Response> publish(PublishRequest request) {
        return broker.publisher()
                .publish(request)
                .thenApply(published -> Response.status(Response.Status.CREATED)
                        .entity(Acknowledged.of(published))
                        .build());
    }
}
