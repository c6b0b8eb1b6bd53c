package io.mq.ejb.engine;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.util.ProtoUtils;

/**
 * A node's Ratis server, as other nodes reach it. It takes {@linkplain AppendsInTurn appends in turn}, and nothing that is
 * meant for another replica: a node that has lost its data begins as a new replica at the address of the former one, to
 * which the leader goes on sending until the one has taken the place of the other. Ratis 3.2.2 does not look for whom a
 * request is; the new replica would stand for election before it has a vote, find that it has none, and end.
 * Nor does it take anything for a replica whose log is just being opened or closed.
 */
final class GuardedServer {

    private GuardedServer() {}

    static RaftServer of(RaftServer server) {
        AppendsInTurn appends = new AppendsInTurn(server);
        return (RaftServer) Proxy.newProxyInstance(
                RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (proxy, method, arguments) -> {
                    if (arguments != null && arguments.length == 1) {
                        Optional<RaftRpcRequestProto> head = head(arguments[0]);
                        if (head.isPresent()) {
                            requireRecipient(server, head.get());
                        }
                        if (method.getName().equals("appendEntriesAsync")
                                && arguments[0] instanceof AppendEntriesRequestProto request) {
                            return appends.append(request);
                        }
                    }
                    try {
                        Object answer = method.invoke(server, arguments);
                        if (answer instanceof InstallSnapshotReplyProto reply
                                && reply.getResult() == InstallSnapshotResult.SNAPSHOT_INSTALLED) {
                            appends.tookOverCheckpoint(((InstallSnapshotRequestProto) arguments[0]).getServerRequest());
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void requireRecipient(RaftServer server, RaftRpcRequestProto head) throws IOException {
        RaftPeerId self = server.getId();
        if (!head.getReplyId().equals(self.toByteString())) {
            throw new IOException("replica %s is gone; %s is at its address now"
                    .formatted(head.getReplyId().toStringUtf8(), self));
        }
        Division replica = server.getDivision(ProtoUtils.toRaftGroupId(head.getRaftGroupId()));
        if (replica != null && replica.getStateMachine() instanceof Followed followed && !followed.isTakingRequests()) {
            throw new IOException("the log of replica %s is not open".formatted(self));
        }
    }

    /** Of what one replica asks another; empty for anything else. */
    private static Optional<RaftRpcRequestProto> head(Object argument) {
        if (argument instanceof AppendEntriesRequestProto request) {
            return Optional.of(request.getServerRequest());
        } else if (argument instanceof RequestVoteRequestProto request) {
            return Optional.of(request.getServerRequest());
        } else if (argument instanceof InstallSnapshotRequestProto request) {
            return Optional.of(request.getServerRequest());
        } else if (argument instanceof StartLeaderElectionRequestProto request) {
            return Optional.of(request.getServerRequest());
        } else if (argument instanceof ReadIndexRequestProto request) {
            return Optional.of(request.getServerRequest());
        }
        return Optional.empty();
    }
}
