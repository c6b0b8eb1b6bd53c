package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.broker.Fetched;
import io.mq.core.broker.PublishRequest;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Record;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Messages, one at a time in and any number out. */
@Path("topics/{topic}")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "messages")
public class MessagesResource {

    /** Query parameters that begin with this are headers of the message. */
    private static final String HEADER_PARAMETER = "header.";

    private static final int MESSAGES_MAX = 1000;
    private static final int BYTES_MAX = 8 << 20;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    @Inject
    private Broker broker;

    @POST
    @Path("messages")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Publish a message; the answer comes when it is as durable as it says")
    public CompletionStage<Response> publish(@PathParam("topic") String topic, MessageJson.Publish message) {
        return publish(Fields.required("body", message).toRequest(topic));
    }

    @POST
    @Path("messages")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Publish the body, whatever it is, as a message; headers as query parameters header.<name>")
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
                        .entity(MessageJson.Acknowledged.of(published))
                        .build());
    }

    @GET
    @Path("partitions/{partition}/messages")
    @Operation(summary = "Read messages from an offset on, waiting up to 30s for the first one where asked to")
    public CompletionStage<MessageJson.Batch> fetch(
            @PathParam("topic") String topic,
            @PathParam("partition") int partition,
            @QueryParam("offset") Long offset,
            @QueryParam("max") @DefaultValue("100") int max,
            @QueryParam("maxBytes") @DefaultValue("1048576") int maxBytes,
            @QueryParam("wait") @DefaultValue("0s") String wait,
            @QueryParam("encoding") String encoding) {
        Encoding as = Encoding.named(encoding);
        Duration longest = Fields.duration("wait", wait);
        if (longest.compareTo(WAIT_MAX) > 0) {
            throw Fields.invalid("wait", "must be at most %ds, found %s".formatted(WAIT_MAX.toSeconds(), wait));
        }
        return broker.reader()
                .fetch(
                        topic,
                        partition,
                        offset == null ? startOf(topic, partition) : offset,
                        Fields.within("max", max, 1, MESSAGES_MAX),
                        Fields.within("maxBytes", maxBytes, 1, BYTES_MAX),
                        longest)
                .thenApply(fetched -> MessageJson.Batch.of(fetched, as));
    }

    private long startOf(String topic, int partition) {
        return broker.topics().describe(topic).partitions().stream()
                .filter(description -> description.partition() == partition)
                .findFirst()
                .map(description -> description.start())
                .orElse(0L);
    }

    @GET
    @Path("partitions/{partition}/messages/{offset}")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "Read one message's payload as it is; the rest is in Mq- headers")
    public CompletionStage<Response> fetchRaw(
            @PathParam("topic") String topic, @PathParam("partition") int partition, @PathParam("offset") long offset) {
        return broker.reader()
                .fetch(topic, partition, offset, 1, 1, Duration.ZERO)
                .thenApply(MessagesResource::raw);
    }

    private static Response raw(Fetched fetched) {
        if (fetched.messages().isEmpty()) {
            throw BrokerException.of(
                    Reason.OFFSET_OUT_OF_RANGE,
                    "the partition has offsets %d to %d".formatted(fetched.start(), fetched.end() - 1),
                    Map.of("start", Long.toString(fetched.start()), "end", Long.toString(fetched.end())));
        }
        return RawMessage.response(fetched, fetched.messages().get(0));
    }
}
