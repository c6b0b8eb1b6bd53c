package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.file.NioDisk;
import io.mq.core.journal.RaftLog;
import io.mq.ejb.cluster.ReplicaStateMachine.Surroundings;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;

/**
 * This node's part in keeping its shards' logs alike: one Ratis server, with a division for each shard. Journals are
 * opened over {@link #log} first; {@link #start} lets the logs come that are on disk, and {@link ShardMembership} begins
 * those that are not.
 */
final class RatisNode implements Closeable {

    /** A leader that hands over, or has just begun, takes nothing; longer than that does not last. */
    private static final Duration PAUSE_MAX = Duration.ofSeconds(2);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    private final RatisConfig config;
    private final StateMachine.DataApi beforeForce;

    /** By shard. */
    private final Map<String, RatisLog> logs = new ConcurrentHashMap<>();

    /** Null before the start. */
    private volatile Running running;

    /** @param groups by shard */
    private record Running(RaftServer server, UUID cluster, Map<String, RaftGroupId> groups) {

        RaftGroupId group(String shard) {
            return groups.computeIfAbsent(shard, name -> RatisNode.group(cluster, name));
        }
    }

    RatisNode(RatisConfig config) {
        this(config, StateMachine.DataApi.DEFAULT);
    }

    /** @param beforeForce is asked before each force of a log's files */
    RatisNode(RatisConfig config, StateMachine.DataApi beforeForce) {
        this.config = config;
        this.beforeForce = beforeForce;
    }

    /**
     * Prepares a shard's log; it comes with the {@link #start}, or when it begins.
     *
     * @param position of the last entry that the shard's replica on this node holds
     * @param events is told what becomes of the log, and asked for what it lacks
     */
    RaftLog.Opener log(String shard, LogPosition position, ShardEvents events) {
        return log(shard, position, events, Optional.empty());
    }

    /** @param route to leaders elsewhere; empty where only what this node leads takes what it proposes */
    RaftLog.Opener log(String shard, LogPosition position, ShardEvents events, Optional<ProposalRoute> route) {
        return replica -> {
            Path terms = config.directory().resolve("terms-%s.properties".formatted(shard));
            SentProposals sent = new SentProposals();
            ReplicaStateMachine machine = new ReplicaStateMachine(
                    new Surroundings(replica, events, sent, route.isPresent(), beforeForce, terms), position);
            RatisLog log = new RatisLog(this, shard, machine, sent, route);
            if (logs.putIfAbsent(shard, log) != null) {
                throw new IllegalStateException("shard %s is open on this node already".formatted(shard));
            }
            return log;
        };
    }

    /**
     * Lets the logs come that are on disk.
     *
     * @throws IOException where a log is damaged or cannot be read, or belongs to a shard that was not prepared, or where another
     *     process has the port
     */
    void start(UUID cluster) throws IOException {
        requireFreePort();
        new LogFiles(new NioDisk()).prepare(config.logs());
        RaftServer started = RaftServer.newBuilder()
                .setServerId(self().getId())
                .setStateMachineRegistry(group -> stateMachineOf(cluster, group))
                .setProperties(RatisProperties.of(config))
                .setParameters(RatisProperties.secrets(config))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        try {
            started.start();
            for (RaftGroupId found : started.getGroupIds()) {
                // Throws where the log was found but could not be opened.
                started.getDivision(found);
            }
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
        running = new Running(started, cluster, new ConcurrentHashMap<>());
    }

    /**
     * The engine ends the whole process where it cannot listen.
     *
     * @throws IOException where it could not
     */
    void requireFreePort() throws IOException {
        try {
            new HostAndPort(config.host(), config.port()).requireFree();
        } catch (IOException e) {
            throw new IOException("the log's port, %s: %s".formatted(config.address(), e.getMessage()), e);
        }
    }

    private StateMachine stateMachineOf(UUID cluster, RaftGroupId group) {
        return logs.entrySet().stream()
                .filter(log -> group(cluster, log.getKey()).equals(group))
                .map(log -> log.getValue().opening())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("%s has a log on this node but is not known".formatted(group)));
    }

    /** Two clusters never take each other's logs for their own. */
    private static RaftGroupId group(UUID cluster, String shard) {
        return RaftGroupId.valueOf(UUID.nameUUIDFromBytes((cluster + "/" + shard).getBytes(StandardCharsets.UTF_8)));
    }

    /** This node, as the others reach it. */
    RaftPeer self() {
        return peer(config.peerId(), config.address());
    }

    static RaftPeer peer(String peerId, String address) {
        return RaftPeer.newBuilder()
                .setId(RaftPeerId.valueOf(peerId))
                .setAddress(address)
                .build();
    }

    boolean isStarted() {
        return running != null;
    }

    /** @throws IllegalStateException before the start */
    RaftServer server() {
        return running().server;
    }

    /** @throws IllegalStateException before the start */
    RaftGroupId group(String shard) {
        return running().group(shard);
    }

    /** @throws IllegalStateException where the shard's log was not prepared */
    RatisLog log(String shard) {
        RatisLog log = logs.get(shard);
        if (log == null) {
            throw new IllegalStateException("shard %s was not prepared on this node".formatted(shard));
        }
        return log;
    }

    /**
     * Has the engine append a message to a shard's log that this node leads; fails where it does not. Waits while too much
     * is under way, and while the leader takes nothing for a moment: what is proposed behind this must not overtake it, and
     * nobody is to begin anew because leadership moves.
     *
     * @param client of the node that proposes it, as the log's entry names it
     * @param call the number that the entry has with that node
     * @throws IllegalStateException before the start
     */
    CompletableFuture<RaftClientReply> submit(String shard, ClientId client, long call, AppendedMessage message) {
        RaftServer server = server();
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(server.getId())
                .setGroupId(group(shard))
                .setCallId(call)
                .setMessage(message)
                .setType(RaftClientRequest.writeRequestType())
                .build();
        long startNanos = System.nanoTime();
        CompletableFuture<RaftClientReply> reply = submit(server, request);
        while (!message.isAppended() && isPausing(reply) && System.nanoTime() - startNanos < PAUSE_MAX.toNanos()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            reply = submit(server, request);
        }
        return reply;
    }

    /** On this thread: the server itself would hand it to another one, and have this one wait. */
    private static CompletableFuture<RaftClientReply> submit(RaftServer server, RaftClientRequest request) {
        try {
            RaftServer.Division division = server.getDivision(request.getRaftGroupId());
            return ((RaftClientAsynchronousProtocol) division).submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Such a refusal comes at once. */
    private static boolean isPausing(CompletableFuture<RaftClientReply> reply) {
        return reply.isDone()
                && ProposalOutcome.isPause(
                        reply.handle(ProposalOutcome::failure).join());
    }

    private Running running() {
        Running current = running;
        if (current == null) {
            throw new IllegalStateException("this node has not joined its cluster yet");
        }
        return current;
    }

    @Override
    public void close() throws IOException {
        Running current = running;
        if (current != null) {
            logs.values().forEach(log -> log.stateMachine().closing());
            current.server.close();
        }
    }
}
