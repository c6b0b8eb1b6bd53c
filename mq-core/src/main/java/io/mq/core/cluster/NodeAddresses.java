package io.mq.core.cluster;

/**
 * Where a node is reached by clients and by the other nodes on their behalf.
 *
 * @param nodeId the name that it was given
 * @param grpc {@code host:port} of its gRPC server
 * @param http {@code host:port} of its REST API
 */
public record NodeAddresses(String nodeId, String grpc, String http) {}
