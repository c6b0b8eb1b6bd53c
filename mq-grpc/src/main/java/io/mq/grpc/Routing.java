package io.mq.grpc;

import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.mq.core.broker.Broker;
import io.mq.core.cluster.Leadership;
import io.mq.proto.MessageQueueServiceGrpc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides for each call, when it begins, whether this node serves it or the one that leads. A node that leads, or that
 * has no others, pays nothing for it after that.
 */
final class Routing extends HandlerRegistry {

    /** Calls that bring messages. */
    private static final Set<String> PUBLISHING = Set.of(
            MessageQueueServiceGrpc.getPublishMethod().getFullMethodName(),
            MessageQueueServiceGrpc.getPublishBatchMethod().getFullMethodName(),
            MessageQueueServiceGrpc.getPublishStreamMethod().getFullMethodName());

    private final Broker broker;
    private final Leadership leadership;
    private final ServerServiceDefinition service;
    private final Map<String, ServerMethodDefinition<?, ?>> here = new HashMap<>();
    private final Map<String, ServerMethodDefinition<?, ?>> elsewhere = new HashMap<>();

    /** @param service which only the leader can serve, but for what brings messages where any node takes them */
    Routing(Broker broker, ServerServiceDefinition service, Forwarding forwarding) {
        this.broker = broker;
        this.leadership = broker.leadership();
        this.service = service;
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            String name = method.getMethodDescriptor().getFullMethodName();
            here.put(name, method);
            elsewhere.put(name, forwarding.of(method));
        }
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return List.of(service);
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
        boolean isServedHere = leadership.isLeading() || (PUBLISHING.contains(name) && broker.takesMessagesAnywhere());
        return isServedHere ? here.get(name) : elsewhere.get(name);
    }
}
