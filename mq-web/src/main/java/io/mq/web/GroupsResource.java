package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.broker.Page;
import io.mq.web.GroupJson.CommitOffset;
import io.mq.web.GroupJson.CommittedOffset;
import io.mq.web.GroupJson.GroupDetails;
import io.mq.web.GroupJson.GroupList;
import io.mq.web.GroupJson.GroupOffsets;
import io.mq.web.GroupJson.SeekGroup;
import io.mq.web.GroupJson.SoughtGroup;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Consumer groups: who is in them and how far they have come. */
@Path("groups")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "groups")
public class GroupsResource {

    @Inject
    private Broker broker;

    @GET
    @CaughtUp
    @Operation(summary = "List the groups that have committed something or have members")
    public GroupList list(
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("pageToken") @DefaultValue("") String pageToken,
            @QueryParam("pageSize") @DefaultValue("0") int pageSize) {
        Page<String> page =
                Page.of(broker.groups().names(), Function.identity(), new Page.Request(prefix, pageToken, pageSize));
        return new GroupList(page.items(), page.nextToken().isEmpty() ? null : page.nextToken());
    }

    @GET
    @CaughtUp
    @Path("{group}")
    @Operation(summary = "Describe a group: members, partitions, committed offsets, lag")
    public GroupDetails describe(@PathParam("group") String group) {
        return GroupDetails.of(broker.groups().describe(group));
    }

    @DELETE
    @Path("{group}")
    @Operation(summary = "Forget all that a group has committed")
    public CompletionStage<Response> delete(@PathParam("group") String group) {
        return broker.groups()
                .delete(group)
                .thenApply(deleted -> Response.noContent().build());
    }

    @GET
    @CaughtUp
    @Path("{group}/offsets")
    @Operation(summary = "What a group has committed in a topic")
    public GroupOffsets offsets(@PathParam("group") String group, @QueryParam("topic") String topic) {
        return GroupOffsets.of(broker.groups().offsets(group, Fields.required("topic", topic)));
    }

    @PUT
    @Path("{group}/offsets")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Commit the next offset that a group will read in a partition")
    @APIResponseSchema(CommittedOffset.class)
    public CompletionStage<CommittedOffset> commit(@PathParam("group") String group, CommitOffset commit) {
        Fields.required("body", commit);
        return broker.groups()
                .commit(
                        group,
                        Fields.required("topic", commit.topic()),
                        commit.partition() == null ? 0 : commit.partition(),
                        Fields.required("offset", commit.offset()),
                        commit.metadata() == null ? "" : commit.metadata())
                .thenApply(committed -> new CommittedOffset(committed.offset()));
    }

    @POST
    @Path("{group}/seek")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Move a group to other offsets of a topic, forward or back")
    @APIResponseSchema(SoughtGroup.class)
    public CompletionStage<SoughtGroup> seek(@PathParam("group") String group, SeekGroup seek) {
        return broker.groups()
                .seek(Fields.required("body", seek).asRequest(group))
                .thenApply(SoughtGroup::of);
    }
}
