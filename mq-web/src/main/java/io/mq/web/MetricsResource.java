package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.broker.TopicDescription;
import io.mq.core.broker.TopicFigures;
import io.mq.web.TopicJson.TopicDetails;
import io.mq.web.TopicJson.TopicPartition;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Figures for monitoring. */
@Path("/")
@RequestScoped
@Tag(name = "metrics")
public class MetricsResource {

    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    @Inject
    private PrometheusRegistry registry;

    @Inject
    private Broker broker;

    /** What went through a topic since the node's start, and what is in it. */
    public record TopicMetrics(
            String topic,
            long messages,
            long bytes,
            long publishedMessages,
            long publishedBytes,
            double publishedPerSecond,
            long deliveredMessages,
            long deliveredBytes,
            double deliveredPerSecond,
            List<TopicPartition> partitions) {}

    @GET
    @Operation(summary = "All metrics, as Prometheus text or OpenMetrics, as the Accept header asks")
    public Response all(@HeaderParam(HttpHeaders.ACCEPT) String accept) {
        ExpositionFormatWriter writer = FORMATS.findWriter(accept);
        StreamingOutput body = out -> writer.write(out, registry.scrape());
        return Response.ok(body)
                .header(HttpHeaders.CONTENT_TYPE, writer.getContentType())
                .build();
    }

    @GET
    @Path("topic/{name}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "The metrics of one topic")
    public TopicMetrics topic(@PathParam("name") String name) {
        TopicDescription description = broker.topics().describe(name);
        TopicFigures figures = broker.status().figures().of(description.topic());
        return new TopicMetrics(
                name,
                description.messages(),
                description.bytes(),
                figures.publishedMessages(),
                figures.publishedBytes(),
                figures.publishedPerSecond(),
                figures.deliveredMessages(),
                figures.deliveredBytes(),
                figures.deliveredPerSecond(),
                TopicDetails.of(description).partitions());
    }
}
