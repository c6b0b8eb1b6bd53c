package io.mq.grpc;

import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.mq.core.cluster.Leadership;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides for each call, when it begins, whether this node serves it or the one that leads. A node that leads, or that
 * has no others, pays nothing for it after that.
 */
final class Routing extends HandlerRegistry {

    private final Leadership leadership;
    private final ServerServiceDefinition service;
    private final Map<String, ServerMethodDefinition<?, ?>> here = new HashMap<>();
    private final Map<String, ServerMethodDefinition<?, ?>> elsewhere = new HashMap<>();

    /** @param service which only the leader can serve */
    Routing(Leadership leadership, ServerServiceDefinition service, Forwarding forwarding) {
        this.leadership = leadership;
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
        return leadership.isLeading() ? here.get(name) : elsewhere.get(name);
    }
}
