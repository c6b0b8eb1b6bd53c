package io.mq.ejb.cluster;

import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;

/**
 * Who keeps replicas of a shard and who leads it: what this node's replica knows of that, and what it can have changed.
 * Everything is agreed upon by the replicas themselves.
 *
 * <p>Safe for use by any thread.
 */
final class ShardMembership {

    /** The engine takes nothing meanwhile, and goes on where the other does not lead by then. */
    private static final long TRANSFER_TIMEOUT_MILLIS = 1_000;

    /** Of who is to take over: more than are under way to one that keeps up. */
    private static final long LAG_ENTRIES_MAX = 100;

    private final RatisNode node;
    private final String shard;
    private final ClientId self = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    ShardMembership(RatisNode node, String shard) {
        this.node = node;
        this.shard = shard;
    }

    String shard() {
        return shard;
    }

    /** Whether this node keeps a replica, be it one that has yet to be added. */
    boolean isHere() {
        if (!node.isStarted()) {
            return false;
        }
        RaftGroupId group = node.group(shard);
        for (RaftGroupId found : node.server().getGroupIds()) {
            if (found.equals(group)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the replica's log is open: it is not once a disk has failed, or the others do not count this replica any more. */
    boolean isOpen() throws IOException {
        return !division().getInfo().getLifeCycleState().isClosingOrClosed();
    }

    /** Why this replica's log has to be opened anew; empty where it need not, but for {@link #isVoterByNameOnly}. */
    Optional<String> whyToReopen() {
        ReplicaStateMachine stateMachine = node.log(shard).stateMachine();
        Optional<Throwable> appendsEnded = stateMachine.appendsEnded();
        if (stateMachine.isOutvoted()) {
            return Optional.of("it does not vote, as others say");
        } else if (appendsEnded.isPresent()) {
            return Optional.of("the engine appends nothing more to it since %s".formatted(appendsEnded.get()));
        } else if (isObserverByNameOnly()) {
            return Optional.of("it observes from now on");
        }
        return Optional.empty();
    }

    /**
     * Whether the others count this replica as an observer, and the engine runs it as a voter: it would stand for election
     * when the leader is gone, and be outvoted. The engine says what a replica is when it opens the log, and makes a voter of
     * an observer later, but not the other way round.
     */
    boolean isObserverByNameOnly() {
        try {
            Division division = division();
            return isObserver(division) && division.getInfo().getCurrentRole() != RaftPeerRole.LISTENER;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a replica has no vote, as far as its log goes. */
    static boolean isObserver(Division replica) {
        return replica.getRaftConf().getCurrentPeers(RaftPeerRole.LISTENER).stream()
                .anyMatch(peer -> peer.getId().equals(replica.getId()));
    }

    /**
     * Whether the others count this replica as a voter, and the engine has not let it vote yet: it does so for one that joins
     * when the leader counts it among those that have caught up, which an observer never is, and for one that was opened as an
     * observer. For a moment that is as it should be.
     */
    boolean isVoterByNameOnly() {
        try {
            Division division = division();
            RaftConfiguration replicas = division.getRaftConf();
            boolean isVoter = replicas.getPreviousPeers().isEmpty()
                    && replicas.getCurrentPeers().stream()
                            .anyMatch(peer -> peer.getId().equals(division.getId()));
            DivisionInfo info = division.getInfo();
            return isVoter
                    && (info.getCurrentRole() == RaftPeerRole.LISTENER
                            || info.getLifeCycleState() == LifeCycle.State.STARTING);
        } catch (IOException e) {
            return false;
        }
    }

    /** Has the engine open this replica's log anew; what was applied is not applied again. */
    void reopen() throws IOException {
        RaftServer server = node.server();
        RaftGroup group = RaftGroup.valueOf(node.group(shard));
        RatisLog log = node.log(shard);
        log.reopening();
        try {
            require(server.groupManagement(GroupManagementRequest.newRemove(
                    self, server.getId(), calls.getAndIncrement(), group.getGroupId(), false, false)));
            require(server.groupManagement(
                    GroupManagementRequest.newAdd(self, server.getId(), calls.getAndIncrement(), group, false)));
            log.reopened();
        } catch (IOException | RuntimeException e) {
            // The engine may hold its files, so that only a restart helps.
            log.stateMachine().failed(e);
            throw e;
        }
    }

    /** Begins the shard with this replica alone. */
    void form() throws IOException {
        begin(RaftGroup.valueOf(node.group(shard), node.self()));
    }

    /** Begins a replica that waits to be added by the leader. */
    void await() throws IOException {
        begin(RaftGroup.valueOf(node.group(shard)));
    }

    private void begin(RaftGroup group) throws IOException {
        RaftServer server = node.server();
        require(server.groupManagement(
                GroupManagementRequest.newAdd(self, server.getId(), calls.getAndIncrement(), group, true)));
    }

    private void require(RaftClientReply reply) throws IOException {
        if (!reply.isSuccess()) {
            throw new IOException("the log of shard %s cannot be opened".formatted(shard), reply.getException());
        }
    }

    /**
     * The replica that leads, as far as this node knows; its own only once it has applied what earlier leaders have
     * committed.
     */
    Optional<String> leader() {
        try {
            DivisionInfo info = division().getInfo();
            return Optional.ofNullable(info.getLeaderId())
                    .map(RaftPeerId::toString)
                    .filter(id -> !id.isEmpty() && (!info.isLeader() || info.isLeaderReady()));
        } catch (IOException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** How long ago this replica heard from the leader that it follows; very long ago where it follows none. */
    Duration sinceLeaderWasHeard() throws IOException {
        RoleInfoProto role = division().getInfo().getRoleInfoProto();
        return role.hasFollowerInfo()
                ? Duration.ofMillis(role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs())
                : ChronoUnit.FOREVER.getDuration();
    }

    /** @throws IOException where this node keeps no replica, or not any more, or one whose log has ended */
    ShardStatus status() throws IOException {
        Division division = division();
        DivisionInfo info = division.getInfo();
        RaftPeerId leader = info.getLeaderId();
        TermIndex last = lastEntry(division);
        RaftConfiguration replicas = division.getRaftConf();
        return new ShardStatus(
                info.isLeader() && info.isLeaderReady(),
                info.getCurrentTerm(),
                Optional.ofNullable(leader).map(RaftPeerId::toString).filter(id -> !id.isEmpty()),
                ids(replicas.getCurrentPeers()),
                ids(replicas.getCurrentPeers(RaftPeerRole.LISTENER)),
                replicas.getPreviousPeers().isEmpty()
                        && replicas.getLogEntryIndex() <= division.getRaftLog().getLastCommittedIndex(),
                last == null ? new LogEnd(0, -1) : new LogEnd(last.getTerm(), last.getIndex()),
                matching(division));
    }

    private static Set<String> ids(Collection<RaftPeer> peers) {
        return peers.stream().map(peer -> peer.getId().toString()).collect(Collectors.toCollection(TreeSet::new));
    }

    private TermIndex lastEntry(Division division) throws IOException {
        try {
            return division.getRaftLog().getLastEntryTermIndex();
        } catch (IllegalStateException e) {
            throw new IOException("the log of shard %s is closed on this node".formatted(shard), e);
        }
    }

    /** For each other replica, where this one leads: up to where its log is known to be alike. */
    static Map<String, Long> matching(Division division) {
        if (!division.getInfo().isLeader()) {
            return Map.of();
        }
        Map<String, Long> matching = new HashMap<>();
        // In the same order as the indexes.
        List<ServerRpcProto> followers =
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        long[] indexes = division.getInfo().getFollowerMatchIndices();
        for (int i = 0; indexes != null && i < Math.min(followers.size(), indexes.length); i++) {
            matching.put(followers.get(i).getId().getId().toStringUtf8(), indexes[i]);
        }
        return matching;
    }

    private Division division() throws IOException {
        return node.server().getDivision(node.group(shard));
    }

    /**
     * Adds a replica once it has taken over what there is: as a voter where there are fewer than so many, else as an
     * observer. For the leader.
     *
     * @param replaced one that goes at the same time; none is one that is no replica
     */
    CompletableFuture<Void> add(String peerId, String address, Optional<String> replaced, int votersMax)
            throws IOException {
        return change(roles -> {
            replaced.ifPresent(roles::remove);
            if (!roles.has(peerId)) {
                (roles.voters.size() < votersMax ? roles.voters : roles.observers).add(RatisNode.peer(peerId, address));
            }
        });
    }

    /** Removes a replica. For the leader. */
    CompletableFuture<Void> remove(String peerId) throws IOException {
        return change(roles -> roles.remove(peerId));
    }

    /**
     * Has an observer vote, a voter observe, or both at once. For the leader, which goes on voting. Fails at once where the
     * observer has yet to take over so much that others would wait for it.
     */
    CompletableFuture<Void> changeVoters(Optional<String> promoted, Optional<String> demoted) throws IOException {
        ShardStatus status = status();
        if (promoted.isPresent()) {
            Optional<String> late = whyLate(status, promoted.get());
            if (late.isPresent()) {
                return CompletableFuture.failedFuture(new IOException(late.get()));
            }
        }
        if (demoted.isPresent() && demoted.equals(status.leader())) {
            return CompletableFuture.failedFuture(
                    new IOException("'%s' leads shard %s and has to vote".formatted(demoted.get(), shard)));
        }
        return change(roles -> {
            promoted.ifPresent(peer -> Roles.move(peer, roles.observers, roles.voters));
            demoted.ifPresent(peer -> Roles.move(peer, roles.voters, roles.observers));
        });
    }

    /** What the replicas of a shard are to be: lists that may be changed. */
    private record Roles(List<RaftPeer> voters, List<RaftPeer> observers) {

        boolean has(String peerId) {
            return Stream.concat(voters.stream(), observers.stream()).anyMatch(peer -> isCalled(peer, peerId));
        }

        void remove(String peerId) {
            voters.removeIf(peer -> isCalled(peer, peerId));
            observers.removeIf(peer -> isCalled(peer, peerId));
        }

        static void move(String peerId, List<RaftPeer> from, List<RaftPeer> to) {
            from.stream().filter(peer -> isCalled(peer, peerId)).findFirst().ifPresent(peer -> {
                from.remove(peer);
                to.add(peer);
            });
        }

        private static boolean isCalled(RaftPeer peer, String peerId) {
            return peer.getId().toString().equals(peerId);
        }
    }

    /** Fails where somebody else changes something at the same time. */
    private CompletableFuture<Void> change(Consumer<Roles> change) throws IOException {
        RaftConfiguration current = division().getRaftConf();
        List<RaftPeer> voters = List.copyOf(current.getCurrentPeers());
        List<RaftPeer> observers = List.copyOf(current.getCurrentPeers(RaftPeerRole.LISTENER));
        Roles next = new Roles(new ArrayList<>(voters), new ArrayList<>(observers));
        change.accept(next);
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(voters)
                .setListenersInCurrentConf(observers)
                .setServersInNewConf(next.voters)
                .setListenersInNewConf(next.observers)
                .build();
        RaftServer server = node.server();
        return outcome(server.setConfigurationAsync(new SetConfigurationRequest(
                self, server.getId(), node.group(shard), calls.getAndIncrement(), arguments)));
    }

    /**
     * Hands leadership over. For the leader; nothing is lost where the other cannot take it. Fails at once where that has yet
     * to take over so much that nobody would lead for long.
     */
    CompletableFuture<Void> transfer(String peerId) throws IOException {
        Optional<String> late = whyLate(status(), peerId);
        if (late.isPresent()) {
            return CompletableFuture.failedFuture(new IOException(late.get()));
        }
        RaftServer server = node.server();
        return outcome(server.transferLeadershipAsync(new TransferLeadershipRequest(
                self,
                server.getId(),
                node.group(shard),
                calls.getAndIncrement(),
                RaftPeerId.valueOf(peerId),
                TRANSFER_TIMEOUT_MILLIS)));
    }

    /** Why a replica is not near the end of the log; empty where it is. */
    private Optional<String> whyLate(ShardStatus status, String peerId) {
        Long lag = status.lags().get(peerId);
        if (lag == null) {
            return Optional.of("'%s' does not follow this node in shard %s".formatted(peerId, shard));
        }
        return lag <= LAG_ENTRIES_MAX
                ? Optional.empty()
                : Optional.of("'%s' has yet to take over %d entries of shard %s; wait until it has caught up"
                        .formatted(peerId, lag, shard));
    }

    /**
     * Has this replica stand for election at once instead of waiting for the leader's silence to last. It deposes a leader
     * that is well, so it is for who knows that it is not.
     */
    void standForElection(String goneLeader) throws IOException {
        RaftServer server = node.server();
        ShardStatus status = status();
        if (status.isLeading()) {
            return;
        }
        LogEnd end = status.end();
        var unused = server.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(request(goneLeader, server.getId(), calls.getAndIncrement()))
                .setLeaderLastEntry(TermIndex.valueOf(end.term(), end.index()).toProto())
                .build());
    }

    /** The head of what one replica asks another. */
    private RaftRpcRequestProto.Builder request(String from, RaftPeerId to, long call) {
        return RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8(from))
                .setReplyId(to.toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(node.group(shard)))
                .setCallId(call);
    }

    /** Has the engine connect at once to a replica that is there again, instead of waiting longer and longer. */
    void reconnect(String peerId) {
        // The engine waits 3 s for each of two old connections to end well, which they do not where somebody was cut
        // off.
        // It does not wait where the thread is interrupted.
        Thread.currentThread().interrupt();
        try {
            node.server()
                    .getServerRpc()
                    .handleException(RaftPeerId.valueOf(peerId), new IOException("the node is there again"), true);
        } finally {
            var unused = Thread.interrupted();
        }
    }

    /**
     * Asks another replica something, for the engine to have a connection to it when it needs its vote. Opening the first one
     * may take longer than an election does.
     */
    void connect(String peerId) throws IOException {
        RaftServer server = node.server();
        RaftPeerId other = RaftPeerId.valueOf(peerId);
        long call = calls.getAndIncrement();
        RaftClientRequest read = RaftClientRequest.newBuilder()
                .setClientId(self)
                .setServerId(other)
                .setGroupId(node.group(shard))
                .setCallId(call)
                .setType(RaftClientRequest.readRequestType())
                .build();
        var unused = server.getServerRpc()
                .async()
                .readIndexAsync(ReadIndexRequestProto.newBuilder()
                        .setServerRequest(request(server.getId().toString(), other, call))
                        .setClientRequest(ClientProtoUtils.toRaftClientRequestProto(read))
                        .build());
    }

    private static CompletableFuture<Void> outcome(CompletableFuture<RaftClientReply> reply) {
        return reply.thenCompose(outcome -> outcome.isSuccess()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(outcome.getException()));
    }
}
