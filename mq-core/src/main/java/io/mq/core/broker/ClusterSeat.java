package io.mq.core.broker;

import io.mq.core.cluster.ClusterFigures;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.cluster.Leadership;
import io.mq.core.command.LogPosition;
import io.mq.core.error.StartupException;
import io.mq.core.journal.RaftLog;
import io.mq.core.storage.DataDirectory;
import java.io.IOException;
import java.util.List;

/** What a node's membership in a cluster is to its broker. */
public interface ClusterSeat {

    /** What the node is called in its cluster. */
    String nodeId();

    /** How many shards the cluster has. */
    int shards();

    /**
     * Makes a log that the node has in common with the others; called once for each shard, in their order.
     *
     * @param shard from 0 on
     * @param checkpoint what this node has by itself
     * @param entryBytesMax of the largest entry
     */
    RaftLog.Opener log(DataDirectory directory, int shard, LogPosition checkpoint, int entryBytesMax);

    /**
     * Called once, when the state of all shards is there and follows their logs.
     *
     * @throws StartupException where the node cannot meet the others, or may not
     * @throws IOException where the log cannot be read
     */
    void opened(List<Engine> engines) throws IOException;

    /** Called once, when the broker serves: what it says of itself is for the other nodes to ask. */
    void serving(BrokerStatus status);

    /** Who leads a shard. */
    Leadership leadership(int shard);

    /** Whether this node's replicas have votes, as far as it knows. */
    boolean isMember();

    ClusterOperations operations();

    ClusterFigures figures();

    /** Has another node lead before this one goes, if there is one; waits for that, but not for long. */
    void drain();

    /** What keeps the node from taking part, in sentences for the operator; empty where it does. */
    List<String> problems();
}
