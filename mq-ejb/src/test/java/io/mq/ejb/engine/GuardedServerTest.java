package io.mq.ejb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;

/** The node's former life was {@code n3.1}, at the same address. */
class GuardedServerTest {

    /** What has come to the engine. */
    private final List<String> asked = new ArrayList<>();

    private final RaftServer server = GuardedServer.of((RaftServer) Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("getId")) {
                    return RaftPeerId.valueOf("n3.2");
                }
                if (method.getName().equals("getProperties")) {
                    return new RaftProperties();
                }
                if (method.getName().equals("getDivision")) {
                    return this.division;
                }
                asked.add(method.getName());
                return switch (method.getName()) {
                    case "requestVote" -> RequestVoteReplyProto.getDefaultInstance();
                    case "appendEntriesAsync" ->
                        CompletableFuture.completedFuture(AppendEntriesReplyProto.getDefaultInstance());
                    default -> null;
                };
            }));

    private volatile boolean isTakingRequests = true;

    private final Followed stateMachine = (Followed) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {StateMachine.class, Followed.class},
            (proxy, method, arguments) -> isTakingRequests);

    private final Division division = (Division) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Division.class}, (proxy, method, arguments) -> stateMachine);

    private static RaftRpcRequestProto to(String replica) {
        return RaftRpcRequestProto.newBuilder()
                .setReplyId(RaftPeerId.valueOf(replica).toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(RaftGroupId.randomId()))
                .build();
    }

    private static AppendEntriesRequestProto append(String replica) {
        return AppendEntriesRequestProto.newBuilder()
                .setServerRequest(to(replica))
                .build();
    }

    private static RequestVoteRequestProto vote(String replica) {
        return RequestVoteRequestProto.newBuilder()
                .setServerRequest(to(replica))
                .build();
    }

    @Test
    void whatIsMeantForThisReplicaComesToTheEngine() throws IOException {
        assertThat(server.appendEntriesAsync(append("n3.2"))).isCompleted();
        assertThat(server.requestVote(vote("n3.2"))).isNotNull();
        assertThat(asked).containsExactly("appendEntriesAsync", "requestVote");
    }

    @Test
    void whatIsMeantForItsFormerLifeDoesNot() {
        assertThatIOException()
                .isThrownBy(() -> server.appendEntriesAsync(append("n3.1")))
                .withMessageContaining("replica n3.1 is gone; n3.2 is at its address now");
        assertThatIOException().isThrownBy(() -> server.requestVote(vote("n3.1")));
        assertThatIOException()
                .isThrownBy(() -> server.installSnapshot(InstallSnapshotRequestProto.newBuilder()
                        .setServerRequest(to("n3.1"))
                        .build()));
        assertThatIOException()
                .isThrownBy(() -> server.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                        .setServerRequest(to("n3.1"))
                        .build()));
        assertThat(asked).isEmpty();
    }

    /** The engine fails to open a log while it is asked something. */
    @Test
    void nothingComesToAReplicaWhoseLogIsNotOpen() throws IOException {
        isTakingRequests = false;
        assertThatIOException()
                .isThrownBy(() -> server.appendEntriesAsync(append("n3.2")))
                .withMessageContaining("the log of replica n3.2 is not open");
        assertThatIOException().isThrownBy(() -> server.requestVote(vote("n3.2")));
        assertThat(asked).isEmpty();
        isTakingRequests = true;
        assertThat(server.requestVote(vote("n3.2"))).isNotNull();
    }
}
