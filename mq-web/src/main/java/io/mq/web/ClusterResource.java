package io.mq.web;

import io.mq.core.broker.Broker;
import io.mq.core.cluster.ClusterDescription;
import io.mq.web.ClusterJson.Cluster;
import io.mq.web.ClusterJson.NewLeader;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The cluster: its nodes, its shards, and what operators do with them. Every node answers for all. */
@Path(ClusterResource.PATH)
@RequestScoped
@Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
@Tag(name = "cluster")
public class ClusterResource {

    static final String PATH = "cluster";

    @Inject
    private Broker broker;

    @GET
    @Operation(
            summary = "Describe the cluster: nodes, their disks and problems, shards, leaders, replicas and their lag")
    @APIResponseSchema(Cluster.class)
    public CompletionStage<Cluster> describe() {
        return shown(broker.cluster().describe());
    }

    @POST
    @Path("nodes/{nodeId}/drain")
    @Operation(summary = "Have a node lead nothing, until it is resumed or started again; answers when others lead")
    @APIResponseSchema(Cluster.class)
    public CompletionStage<Cluster> drain(@PathParam("nodeId") String nodeId) {
        return shown(broker.cluster().drain(nodeId));
    }

    @POST
    @Path("nodes/{nodeId}/resume")
    @Operation(summary = "Let a node lead again")
    @APIResponseSchema(Cluster.class)
    public CompletionStage<Cluster> resume(@PathParam("nodeId") String nodeId) {
        return shown(broker.cluster().resume(nodeId));
    }

    @DELETE
    @Path("nodes/{nodeId}")
    @Operation(summary = "Take a node out of the cluster for good, whether it is there or lost")
    @APIResponseSchema(Cluster.class)
    public CompletionStage<Cluster> remove(@PathParam("nodeId") String nodeId) {
        return shown(broker.cluster().remove(nodeId));
    }

    @PUT
    @Path("shards/{shard}/leader")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Have a node lead a shard; answers when it does")
    @APIResponseSchema(Cluster.class)
    public CompletionStage<Cluster> transfer(@PathParam("shard") String shard, NewLeader leader) {
        Fields.required("body", leader);
        return shown(broker.cluster().transfer(shard, Fields.required("nodeId", leader.nodeId())));
    }

    private static CompletionStage<Cluster> shown(CompletableFuture<ClusterDescription> cluster) {
        return cluster.thenApply(Cluster::of);
    }
}
