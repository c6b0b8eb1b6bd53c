package io.mq.client;

import io.grpc.stub.StreamObserver;
import io.mq.proto.AdminServiceGrpc.AdminServiceImplBase;
import io.mq.proto.Leader;
import io.mq.proto.ShardLeader;
import io.mq.proto.WatchLeaderRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Says which server leads: what a test wants it to say. At first, that nobody does.
 *
 * <p>Guarded by itself.
 */
final class FakeLeaderService extends AdminServiceImplBase {

    private final List<StreamObserver<Leader>> watching = new ArrayList<>();
    private Leader current = Leader.getDefaultInstance();

    @Override
    public synchronized void watchLeader(WatchLeaderRequest request, StreamObserver<Leader> answers) {
        watching.add(answers);
        answers.onNext(current);
    }

    /** @param address empty for the server that answers */
    synchronized void leads(String address) {
        say(current.toBuilder().setNodeId("n").setGrpcAddress(address).build());
    }

    /** With several shards: where each is led. */
    synchronized void lead(List<String> addresses) {
        Leader.Builder next = current.toBuilder()
                .setNodeId("n")
                .setGrpcAddress(addresses.get(0))
                .clearOthers();
        addresses.stream()
                .skip(1)
                .forEach(address ->
                        next.addOthers(ShardLeader.newBuilder().setNodeId("n").setGrpcAddress(address)));
        say(next.build());
    }

    /** Makes a promise, and does not keep it. */
    synchronized void willSpeakWithin(Duration time) {
        say(current.toBuilder().setNextWithin(Times.toProto(time)).build());
    }

    private void say(Leader leader) {
        current = leader;
        watching.forEach(each -> each.onNext(leader));
    }
}
