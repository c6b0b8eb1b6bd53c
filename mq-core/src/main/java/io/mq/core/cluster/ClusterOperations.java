package io.mq.core.cluster;

import io.mq.core.error.BrokerException;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator asks of a cluster, at whichever of its nodes. Each operation answers with the cluster as it is
 * afterwards, and fails with a {@link BrokerException} that says why it was refused.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
public interface ClusterOperations {

    CompletableFuture<ClusterDescription> describe();

    /**
     * Has a node lead nothing, so that it can be stopped without a gap, until it is resumed or started again. Refused
     * where the others could not go on without it.
     */
    CompletableFuture<ClusterDescription> drain(String nodeId);

    /** Takes {@link #drain} back. */
    CompletableFuture<ClusterDescription> resume(String nodeId);

    /**
     * Takes a node's replicas out of the cluster for good, whether it is there or lost. Refused where what is left would
     * have no majority.
     */
    CompletableFuture<ClusterDescription> remove(String nodeId);

    /** Has a node lead a shard. */
    CompletableFuture<ClusterDescription> transfer(String shard, String nodeId);
}
