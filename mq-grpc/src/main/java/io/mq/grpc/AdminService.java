package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.core.broker.Broker;
import io.mq.core.cluster.ClusterOperations;
import io.mq.proto.AdminServiceGrpc.AdminServiceImplBase;
import io.mq.proto.ClusterDescription;
import io.mq.proto.DescribeClusterRequest;
import io.mq.proto.DrainNodeRequest;
import io.mq.proto.Leader;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import io.mq.proto.RemoveNodeRequest;
import io.mq.proto.ResumeNodeRequest;
import io.mq.proto.TransferLeaderRequest;
import io.mq.proto.WatchLeaderRequest;
import java.time.InstantSource;

/** The service that operators use. */
final class AdminService extends AdminServiceImplBase {

    private final String nodeId;
    private final String version;
    private final InstantSource clock;
    private final EventLoops loops;
    private final ClusterOperations cluster;
    private final Answers answers;
    private final LeaderWatches leaderWatches;
    private final OpenStreams<PingStream> streams = new OpenStreams<>();

    AdminService(Broker broker, InstantSource clock, EventLoops loops, Answers answers, LeaderWatches leaderWatches) {
        this.nodeId = broker.status().nodeId();
        this.version = broker.status().version();
        this.clock = clock;
        this.loops = loops;
        this.cluster = broker.cluster();
        this.answers = answers;
        this.leaderWatches = leaderWatches;
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

    @Override
    public void watchLeader(WatchLeaderRequest request, StreamObserver<Leader> caller) {
        leaderWatches.open((ServerCallStreamObserver<Leader>) caller);
    }

    @Override
    public void describeCluster(DescribeClusterRequest request, StreamObserver<ClusterDescription> caller) {
        answers.send(caller, () -> cluster.describe().thenApply(ClusterMessages::toProto));
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<ClusterDescription> caller) {
        answers.send(caller, () -> cluster.drain(request.getNodeId()).thenApply(ClusterMessages::toProto));
    }

    @Override
    public void resumeNode(ResumeNodeRequest request, StreamObserver<ClusterDescription> caller) {
        answers.send(caller, () -> cluster.resume(request.getNodeId()).thenApply(ClusterMessages::toProto));
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<ClusterDescription> caller) {
        answers.send(caller, () -> cluster.remove(request.getNodeId()).thenApply(ClusterMessages::toProto));
    }

    @Override
    public void transferLeader(TransferLeaderRequest request, StreamObserver<ClusterDescription> caller) {
        answers.send(
                caller,
                () -> cluster.transfer(request.getShard(), request.getNodeId()).thenApply(ClusterMessages::toProto));
    }

    private PingResponse echo(PingRequest request) {
        return PingResponse.newBuilder()
                .setPayload(request.getPayload())
                .setNodeId(nodeId)
                .setVersion(version)
                .setTime(Times.toProto(clock.instant()))
                .build();
    }

    /** Ends all streams: the server stops, and none of them is anything to wait for. */
    void endAll() {
        streams.endAll("ping another one, or this one after its restart");
        leaderWatches.endAll("ask another one, or this one after its restart");
    }
}
