package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.broker.Fetched;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.web.MessageJson.MessageList;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Messages on their way out, by offset. */
@Path("topics/{topic}/partitions/{partition}/messages")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "messages")
public class FetchResource {

    private static final int MESSAGES_MAX = 1000;
    private static final int BYTES_MAX = 8 << 20;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    @Inject
    private Broker broker;

    @GET
    @Operation(summary = "Read messages from an offset on, waiting up to 30s for the first one where asked to")
    @APIResponseSchema(MessageList.class)
    public CompletionStage<MessageList> fetch(
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
                .thenApply(fetched -> MessageList.of(fetched, as));
    }

    private long startOf(String topic, int partition) {
        return broker.topics().describe(topic).partitions().stream()
                .filter(description -> description.partition() == partition)
                .findFirst()
                .map(description -> description.start())
                .orElse(0L);
    }

    @GET
    @Path("{offset}")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "Read one message's payload as it is; the rest is in Mq- headers")
    public CompletionStage<Response> fetchRaw(
            @PathParam("topic") String topic, @PathParam("partition") int partition, @PathParam("offset") long offset) {
        return broker.reader()
                .fetch(topic, partition, offset, 1, 1, Duration.ZERO)
                .thenApply(FetchResource::raw);
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
