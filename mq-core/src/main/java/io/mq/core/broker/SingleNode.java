package io.mq.core.broker;

import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What there is to say of a node that belongs to no cluster. */
final class SingleNode implements ClusterOperations {

    private final BrokerStatus status;

    SingleNode(BrokerStatus status) {
        this.status = status;
    }

    @Override
    public CompletableFuture<ClusterDescription> describe() {
        ClusterDescription.Node self = new ClusterDescription.Node(
                new NodeAddresses(status.nodeId(), "", ""),
                true,
                false,
                status.version(),
                OptionalLong.of(status.usableDiskBytes()),
                status.health().problems());
        return CompletableFuture.completedFuture(
                new ClusterDescription(Optional.empty(), Optional.empty(), List.of(self), List.of()));
    }

    @Override
    public CompletableFuture<ClusterDescription> drain(String nodeId) {
        return refused();
    }

    @Override
    public CompletableFuture<ClusterDescription> resume(String nodeId) {
        return refused();
    }

    @Override
    public CompletableFuture<ClusterDescription> remove(String nodeId) {
        return refused();
    }

    @Override
    public CompletableFuture<ClusterDescription> transfer(String shard, String nodeId) {
        return refused();
    }

    private static CompletableFuture<ClusterDescription> refused() {
        return CompletableFuture.failedFuture(
                BrokerException.of(
                        Reason.NO_CLUSTER,
                        "this node belongs to no cluster; start it with --cluster-addr and --cluster-seeds to make it the first of one"));
    }
}
