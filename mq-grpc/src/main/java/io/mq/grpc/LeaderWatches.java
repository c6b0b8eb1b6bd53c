package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.mq.core.broker.Broker;
import io.mq.core.cluster.Leadership;
import io.mq.core.cluster.NodeAddresses;
import io.mq.proto.Leader;
import io.mq.proto.ShardLeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells clients which node leads, as this one knows it: those that go there by themselves save a detour, and find out by
 * this node where the one they went to says nothing any more.
 *
 * <p>Safe for use by any thread.
 */
final class LeaderWatches {

    /** A client that hears nothing for some of these goes to another node. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

    private final String nodeId;
    private final List<Leadership> shards;
    private final EventLoops loops;
    private final OpenStreams<LeaderWatch> streams = new OpenStreams<>();

    /** @param timer says that it is time for a sign of life */
    LeaderWatches(Broker broker, EventLoops loops, ScheduledExecutorService timer) {
        this.nodeId = broker.status().nodeId();
        this.shards = broker.leaderships();
        this.loops = loops;
        shards.forEach(shard -> shard.onChange(this::tellAll));
        if (hasOthers()) {
            var unused = timer.scheduleWithFixedDelay(
                    this::tellAll, SIGN_OF_LIFE.toNanos(), SIGN_OF_LIFE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private boolean hasOthers() {
        return shards.get(0) != Leadership.ALONE;
    }

    /** Called on the thread that serves the call's socket. */
    void open(ServerCallStreamObserver<Leader> call) {
        var unused = streams.open(onEnded -> new LeaderWatch(this::current, call, loops.current(), onEnded));
    }

    private void tellAll() {
        streams.forEach(LeaderWatch::tell);
    }

    private Leader current() {
        ShardLeader first = leader(shards.get(0));
        Leader.Builder message = Leader.newBuilder()
                .setAnsweringNodeId(nodeId)
                .setNodeId(first.getNodeId())
                .setGrpcAddress(first.getGrpcAddress());
        shards.stream().skip(1).map(this::leader).forEach(message::addOthers);
        if (hasOthers()) {
            message.setNextWithin(Times.toProto(SIGN_OF_LIFE));
        }
        return message.build();
    }

    private ShardLeader leader(Leadership shard) {
        ShardLeader.Builder message = ShardLeader.newBuilder();
        Optional<NodeAddresses> other = shard.otherLeader();
        if (other.isPresent()) {
            message.setNodeId(other.get().nodeId()).setGrpcAddress(other.get().grpc());
        } else if (shard.isLeading()) {
            message.setNodeId(nodeId);
        }
        return message.build();
    }

    void endAll(String advice) {
        streams.endAll(advice);
    }
}
