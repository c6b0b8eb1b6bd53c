package io.mq.grpc;

import io.mq.core.cluster.KnownLeadership;
import io.mq.core.cluster.NodeAddresses;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Says of a node's cluster what a test wants to be so; at first, that nobody leads. */
final class SwitchedLeadership extends KnownLeadership {

    void nobodyLeads() {
        update(false, Optional.empty());
    }

    void thisNodeLeads() {
        update(true, Optional.empty());
    }

    void leads(String nodeId, InetSocketAddress grpc) {
        update(false, Optional.of(new NodeAddresses(nodeId, NetUtil.toSocketAddressString(grpc), "")));
    }
}
