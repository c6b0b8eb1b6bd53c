package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerHealth;
import io.mq.core.broker.BrokerStatus;
import io.mq.core.broker.RecoverySummary;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The node itself. */
@Path("/")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "node")
public class NodeResource {

    @Inject
    private Broker broker;

    public record Health(boolean live, boolean ready, List<String> problems) {}

    /** What the last start had to make up for. */
    public record Recovery(long commands, long bytes, double milliseconds) {}

    public record Node(
            String nodeId,
            String version,
            String dataDirectory,
            Recovery recovery,
            double checkpointAgeSeconds,
            long replayableJournalBytes,
            long usableDiskBytes,
            int subscriptions,
            Health health) {}

    @GET
    @Path("node")
    @Operation(summary = "Which node this is and how it is doing")
    public Node node() {
        BrokerStatus status = broker.status();
        RecoverySummary recovery = status.recovery();
        return new Node(
                status.nodeId(),
                status.version(),
                status.dataDirectory().toString(),
                new Recovery(recovery.commands(), recovery.bytes(), recovery.nanos() / 1e6),
                status.checkpointAge().toMillis() / 1000.0,
                status.replayableJournalBytes(),
                status.usableDiskBytes(),
                status.subscriptions(),
                show(status.health()));
    }

    @GET
    @Path("health")
    @Operation(summary = "Whether messages are taken and delivered, and what is wrong; 503 where they are not")
    @APIResponseSchema(Health.class)
    public Response health() {
        BrokerHealth health = broker.status().health();
        return Response.status(health.isReady() ? Response.Status.OK : Response.Status.SERVICE_UNAVAILABLE)
                .entity(show(health))
                .build();
    }

    private static Health show(BrokerHealth health) {
        return new Health(health.isLive(), health.isReady(), health.problems());
    }
}
