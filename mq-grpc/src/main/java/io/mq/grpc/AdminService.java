package io.mq.grpc;

import io.grpc.stub.StreamObserver;
import io.mq.core.broker.Broker;
import io.mq.proto.AdminServiceGrpc.AdminServiceImplBase;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import java.time.InstantSource;

/** The service that operators use. */
final class AdminService extends AdminServiceImplBase {

    private final String nodeId;
    private final String version;
    private final InstantSource clock;

    AdminService(Broker broker, InstantSource clock) {
        this.nodeId = broker.status().nodeId();
        this.version = broker.status().version();
        this.clock = clock;
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PingResponse> caller) {
        caller.onNext(PingResponse.newBuilder()
                .setPayload(request.getPayload())
                .setNodeId(nodeId)
                .setVersion(version)
                .setTime(Times.toProto(clock.instant()))
                .build());
        caller.onCompleted();
    }
}
