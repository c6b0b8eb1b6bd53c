package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
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
    private final EventLoops loops;
    private final OpenStreams<PingStream> streams = new OpenStreams<>();

    AdminService(Broker broker, InstantSource clock, EventLoops loops) {
        this.nodeId = broker.status().nodeId();
        this.version = broker.status().version();
        this.clock = clock;
        this.loops = loops;
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PingResponse> caller) {
        caller.onNext(echo(request));
        caller.onCompleted();
    }

    @Override
    public StreamObserver<PingRequest> pingStream(StreamObserver<PingResponse> caller) {
        return streams.open(onEnded ->
                new PingStream(this::echo, (ServerCallStreamObserver<PingResponse>) caller, loops.current(), onEnded));
    }

    private PingResponse echo(PingRequest request) {
        return PingResponse.newBuilder()
                .setPayload(request.getPayload())
                .setNodeId(nodeId)
                .setVersion(version)
                .setTime(Times.toProto(clock.instant()))
                .build();
    }

    /** Ends all streams: the server stops, and an echo is nothing to wait for. */
    void endAll() {
        streams.endAll("ping another one, or this one after its restart");
    }
}
