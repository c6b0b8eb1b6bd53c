package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.RaftLog;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;

/**
 * This node's part in keeping its shards' logs alike: one Ratis server, with a division for each shard. Journals are
 * opened over {@link #log} first, then {@link #start} lets the logs come.
 */
final class RatisNode implements Closeable {

    private final RatisConfig config;
    private final StateMachine.DataApi beforeForce;
    private final Map<RaftGroupId, RatisLog> logs = new ConcurrentHashMap<>();

    /** Null before the start. */
    private volatile RaftServer server;

    RatisNode(RatisConfig config) {
        this(config, StateMachine.DataApi.DEFAULT);
    }

    /** @param beforeForce is asked before each force of a log's files */
    RatisNode(RatisConfig config, StateMachine.DataApi beforeForce) {
        this.config = config;
        this.beforeForce = beforeForce;
    }

    /**
     * Prepares a shard's log; it comes with the {@link #start}.
     *
     * @param position of the last entry that the shard's replica on this node holds
     */
    RaftLog.Opener log(UUID shard, LogPosition position) {
        return replica -> {
            RaftGroupId group = RaftGroupId.valueOf(shard);
            RatisLog log = new RatisLog(this, group, new ReplicaStateMachine(replica, position, beforeForce));
            if (logs.putIfAbsent(group, log) != null) {
                throw new IllegalStateException("shard %s is open on this node already".formatted(shard));
            }
            return log;
        };
    }

    /**
     * Lets the logs come: those that are on disk, and new ones where there are none.
     *
     * @throws IOException where a log cannot be read, or belongs to a shard that was not prepared
     */
    void start() throws IOException {
        RaftServer started = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.nodeId()))
                .setStateMachineRegistry(this::stateMachineOf)
                .setProperties(RatisProperties.of(config))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        try {
            started.start();
            for (RaftGroupId group : logs.keySet()) {
                begin(started, group);
            }
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
        server = started;
    }

    private StateMachine stateMachineOf(RaftGroupId group) {
        RatisLog log = logs.get(group);
        if (log == null) {
            throw new IllegalStateException("shard %s has a log on this node but is not known".formatted(group));
        }
        return log.stateMachine();
    }

    /** Begins a log where there is none on disk. */
    private void begin(RaftServer started, RaftGroupId group) throws IOException {
        for (RaftGroupId known : started.getGroupIds()) {
            if (known.equals(group)) {
                // Throws where the log was found but could not be opened.
                started.getDivision(group);
                return;
            }
        }
        List<RaftPeer> members = config.members().entrySet().stream()
                .map(member -> RaftPeer.newBuilder()
                        .setId(member.getKey())
                        .setAddress(member.getValue())
                        .build())
                .toList();
        RaftClientReply reply = started.groupManagement(GroupManagementRequest.newAdd(
                ClientId.randomId(), started.getId(), 0, RaftGroup.valueOf(group, members), true));
        if (!reply.isSuccess()) {
            throw new IOException("the log of shard %s cannot begin".formatted(group), reply.getException());
        }
    }

    /** Null before the start. */
    RaftServer server() {
        return server;
    }

    @Override
    public void close() throws IOException {
        RaftServer started = server;
        if (started != null) {
            started.close();
        }
    }
}
