package io.mq.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.HashMap;
import java.util.Map;

/** A service in which some methods read or write their messages without protobuf's objects. */
final class RawMethods {

    private final ServerServiceDefinition service;
    private final Map<String, Method<?, ?>> replaced = new HashMap<>();

    private record Method<Q, A>(MethodDescriptor<Q, A> descriptor, ServerCallHandler<Q, A> handler) {
        void addTo(ServerServiceDefinition.Builder service) {
            service.addMethod(descriptor, handler);
        }
    }

    /** @param service all of whose methods stay as they are, at first */
    RawMethods(ServerServiceDefinition service) {
        this.service = service;
    }

    /** Has a method's messages read and written like this. */
    <Q, A> RawMethods replace(
            MethodDescriptor<?, ?> method,
            Marshaller<Q> requests,
            Marshaller<A> answers,
            ServerCallHandler<Q, A> handler) {
        replaced.put(
                method.getFullMethodName(),
                new Method<>(method.toBuilder(requests, answers).build(), handler));
        return this;
    }

    ServerServiceDefinition build() {
        ServiceDescriptor original = service.getServiceDescriptor();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(original.getName()).setSchemaDescriptor(original.getSchemaDescriptor());
        original.getMethods()
                .forEach(method -> descriptor.addMethod(
                        replaced.containsKey(method.getFullMethodName())
                                ? replaced.get(method.getFullMethodName()).descriptor()
                                : method));
        ServerServiceDefinition.Builder built = ServerServiceDefinition.builder(descriptor.build());
        service.getMethods().stream()
                .filter(method ->
                        !replaced.containsKey(method.getMethodDescriptor().getFullMethodName()))
                .forEach(built::addMethod);
        replaced.values().forEach(method -> method.addTo(built));
        return built.build();
    }
}
