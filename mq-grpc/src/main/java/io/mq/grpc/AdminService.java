package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.core.broker.Broker;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.AdminServiceGrpc.AdminServiceImplBase;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The service that operators use. */
final class AdminService extends AdminServiceImplBase {

    private static final Duration RESTART = Duration.ofSeconds(1);

    private final String nodeId;
    private final String version;
    private final InstantSource clock;
    private final EventLoops loops;
    private final Set<PingStream> streams = ConcurrentHashMap.newKeySet();

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
        PingStream[] opened = new PingStream[1];
        opened[0] = new PingStream(
                this::echo,
                (ServerCallStreamObserver<PingResponse>) caller,
                loops.current(),
                () -> streams.remove(opened[0]));
        streams.add(opened[0]);
        opened[0].begin();
        return opened[0];
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
        BrokerException reason = BrokerException.of(
                        Reason.SHUTTING_DOWN,
                        "this node is shutting down; ping another one, or this one after its restart")
                .retryAfter(RESTART);
        streams.forEach(stream -> stream.endLater(reason));
    }
}
