package io.mq.ejb.engine;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A node's Ratis server, as other nodes reach it. It takes {@linkplain AppendsInTurn appends in turn}, and nothing that is
 * meant for another replica: a node that has lost its data begins as a new replica at the address of the former one, to
 * which the leader goes on sending until the one has taken the place of the other. Ratis 3.2.2 does not look for whom a
 * request is; the new replica would stand for election before it has a vote, find that it has none, and end.
 */
final class GuardedServer {

    private GuardedServer() {}

    static RaftServer of(RaftServer server) {
        AppendsInTurn appends = new AppendsInTurn(server);
        return (RaftServer) Proxy.newProxyInstance(
                RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (proxy, method, arguments) -> {
                    if (arguments != null && arguments.length == 1) {
                        requireRecipient(server.getId(), arguments[0]);
                        if (method.getName().equals("appendEntriesAsync")
                                && arguments[0] instanceof AppendEntriesRequestProto request) {
                            return appends.append(request);
                        }
                    }
                    try {
                        return method.invoke(server, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void requireRecipient(RaftPeerId self, Object argument) throws IOException {
        Optional<ByteString> recipient = head(argument).map(RaftRpcRequestProto::getReplyId);
        if (recipient.isPresent() && !recipient.get().equals(self.toByteString())) {
            throw new IOException("replica %s is gone; %s is at its address now"
                    .formatted(recipient.get().toStringUtf8(), self));
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
