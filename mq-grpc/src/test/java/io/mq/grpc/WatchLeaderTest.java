package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.Leader;
import io.mq.proto.WatchLeaderRequest;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Iterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WatchLeaderTest {

    private static final InetSocketAddress ELSEWHERE = InetSocketAddress.createUnresolved("there.example", 50051);

    private final SwitchedLeadership leadership = new SwitchedLeadership();

    @RegisterExtension
    final ServerFixture node = ServerFixture.with().ledBy(leadership);

    @RegisterExtension
    final ServerFixture alone = ServerFixture.with();

    private static Iterator<Leader> watch(ServerFixture server) {
        return AdminServiceGrpc.newBlockingStub(server.channel()).watchLeader(WatchLeaderRequest.getDefaultInstance());
    }

    private static Leader await(Iterator<Leader> watched, String nodeId) {
        Leader leader = watched.next();
        while (!leader.getNodeId().equals(nodeId)) {
            leader = watched.next();
        }
        return leader;
    }

    private String own() {
        return node.broker().status().nodeId();
    }

    @Test
    void leaderIsToldAtOnceAndAfterEachChange() {
        Iterator<Leader> watched = watch(node);
        assertThat(watched.next().getNodeId()).isEmpty();

        leadership.leads("n2", ELSEWHERE);
        Leader other = await(watched, "n2");
        assertThat(other.getGrpcAddress()).isEqualTo(NetUtil.toSocketAddressString(ELSEWHERE));
        assertThat(other.getAnsweringNodeId()).isEqualTo(own());

        leadership.thisNodeLeads();
        assertThat(await(watched, own()).getGrpcAddress()).isEmpty();
    }

    @Test
    void signsOfLifeComeWhereThereAreOthers() {
        Iterator<Leader> watched = watch(node);
        Leader first = watched.next();
        assertThat(first.getNextWithin().getSeconds()).isEqualTo(1);
        assertThat(watched.next()).isEqualTo(first);
    }

    @Test
    void nodeAloneLeadsAndPromisesNothing() {
        Leader leader = watch(alone).next();
        assertThat(leader.getNodeId()).isEqualTo(alone.broker().status().nodeId());
        assertThat(leader.getGrpcAddress()).isEmpty();
        assertThat(leader.hasNextWithin()).isFalse();
    }

    @Test
    void watchEndsWhenTheNodeStops() {
        Iterator<Leader> watched = watch(node);
        var unused = watched.next();

        node.server().close();

        assertThatCall(() -> watched.forEachRemaining(leader -> {}))
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.SHUTTING_DOWN);
    }
}
