package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.broker.Page;
import io.mq.core.broker.TopicDescription;
import io.mq.web.TopicJson.AlterTopic;
import io.mq.web.TopicJson.CreateTopic;
import io.mq.web.TopicJson.TopicDetails;
import io.mq.web.TopicJson.TopicList;
import io.mq.web.TopicJson.TopicSettings;
import io.mq.web.TopicJson.TopicSummary;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Topics. */
@Path("topics")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "topics")
public class TopicsResource {

    @Inject
    private Broker broker;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Create a topic; one that is there with the same settings is fine")
    @APIResponseSchema(value = TopicDetails.class, responseCode = "201")
    public CompletionStage<Response> create(CreateTopic request, @Context UriInfo uri) {
        Fields.required("body", request);
        String name = Fields.required("name", request.name());
        int partitions = request.partitions() == null ? 0 : request.partitions();
        return broker.topics()
                .create(name, partitions, TopicSettings.read(request.config()))
                .thenApply(created -> {
                    Response.ResponseBuilder response = created.isNew()
                            ? Response.created(
                                    uri.getAbsolutePathBuilder().path(name).build())
                            : Response.ok();
                    return response.entity(TopicDetails.of(broker.topics().describe(created.topic())))
                            .build();
                });
    }

    @GET
    @CaughtUp
    @Operation(summary = "List topics in the order of names")
    public TopicList list(
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("pageToken") @DefaultValue("") String pageToken,
            @QueryParam("pageSize") @DefaultValue("0") int pageSize) {
        Page<TopicDescription> page = Page.of(
                broker.topics().list(),
                description -> description.topic().name(),
                new Page.Request(prefix, pageToken, pageSize));
        return new TopicList(
                page.items().stream().map(TopicSummary::of).toList(),
                page.nextToken().isEmpty() ? null : page.nextToken());
    }

    @GET
    @CaughtUp
    @Path("{topic}")
    @Operation(summary = "Describe a topic and its partitions")
    public TopicDetails describe(@PathParam("topic") String topic) {
        return TopicDetails.of(broker.topics().describe(topic));
    }

    @PATCH
    @Path("{topic}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Add partitions or change settings; what is left out stays")
    @APIResponseSchema(TopicDetails.class)
    public CompletionStage<TopicDetails> alter(@PathParam("topic") String topic, AlterTopic request) {
        Fields.required("body", request);
        int partitions = request.partitions() == null ? 0 : request.partitions();
        return broker.topics()
                .alter(topic, partitions, TopicSettings.read(request.config()))
                .thenApply(altered -> TopicDetails.of(broker.topics().describe(altered)));
    }

    @DELETE
    @Path("{topic}")
    @Operation(summary = "Delete a topic with its messages and all offsets committed in it")
    public CompletionStage<Response> delete(@PathParam("topic") String topic) {
        return broker.topics()
                .delete(topic)
                .thenApply(deleted -> Response.noContent().build());
    }
}
