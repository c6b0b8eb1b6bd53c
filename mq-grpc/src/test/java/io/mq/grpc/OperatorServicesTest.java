package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.ChannelzGrpc.ChannelzBlockingStub;
import io.grpc.channelz.v1.GetServerSocketsRequest;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.Server;
import io.mq.core.error.Reason;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.AdminServiceGrpc.AdminServiceBlockingStub;
import io.mq.proto.ClusterDescription;
import io.mq.proto.DescribeClusterRequest;
import io.mq.proto.DrainNodeRequest;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OperatorServicesTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private ChannelzBlockingStub channelz() {
        return ChannelzGrpc.newBlockingStub(server.channel())
                .withDeadlineAfter(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void pingAnswersWhatItIsSentAndWhoAnswers() {
        Instant before = Instant.now();
        ByteString payload = ByteString.copyFrom(new byte[] {0, -1, 7});

        PingResponse answer = AdminServiceGrpc.newBlockingStub(server.channel())
                .ping(PingRequest.newBuilder().setPayload(payload).build());

        assertThat(answer.getPayload()).isEqualTo(payload);
        assertThat(answer.getNodeId()).isEqualTo(server.broker().status().nodeId());
        assertThat(answer.getVersion())
                .isEqualTo(server.broker().status().version())
                .isNotEmpty();
        assertThat(Instant.ofEpochSecond(
                        answer.getTime().getSeconds(), answer.getTime().getNanos()))
                .isBetween(before, Instant.now());
    }

    @Test
    void nodeWithoutClusterDescribesItselfAndCannotBeDrained() {
        AdminServiceBlockingStub admin = AdminServiceGrpc.newBlockingStub(server.channel());
        ClusterDescription alone = admin.describeCluster(DescribeClusterRequest.getDefaultInstance());
        assertThat(alone.getNodesList()).singleElement().satisfies(node -> {
            assertThat(node.getNodeId()).isEqualTo(server.broker().status().nodeId());
            assertThat(node.getPresent()).isTrue();
            assertThat(node.getUsableDiskBytes()).isPositive();
        });
        assertThatCall(() -> admin.drainNode(
                        DrainNodeRequest.newBuilder().setNodeId("n1").build()))
                .hasCode(Code.FAILED_PRECONDITION)
                .hasReason(Reason.NO_CLUSTER);
    }

    @Test
    void channelzCountsTheCallsOfThisServerAndShowsItsConnections() {
        server.createTopic("t", 1);
        server.publish("t", "x");

        // Servers of other tests that are closing may still be listed.
        Server own = channelz().getServers(GetServersRequest.getDefaultInstance()).getServerList().stream()
                .filter(this::listensWhereThisServerDoes)
                .findFirst()
                .orElseThrow();

        assertThat(own.getData().getCallsSucceeded()).isGreaterThanOrEqualTo(2);
        assertThat(channelz()
                        .getServerSockets(GetServerSocketsRequest.newBuilder()
                                .setServerId(own.getRef().getServerId())
                                .build())
                        .getSocketRefList())
                .hasSize(1);
    }

    private boolean listensWhereThisServerDoes(Server candidate) {
        return candidate.getListenSocketList().stream()
                .anyMatch(socket -> socket.getName()
                        .contains("127.0.0.1:" + server.address().getPort()));
    }
}
