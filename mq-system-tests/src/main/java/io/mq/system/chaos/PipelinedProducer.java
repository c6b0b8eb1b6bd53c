package io.mq.system.chaos;

import io.grpc.stub.StreamObserver;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps many messages in flight to its own partition, each in a call of its own, and never sends one twice. So each
 * stands in the log at most once; large ones may have been overtaken on their way.
 */
final class PipelinedProducer implements Client {

    private static final int IN_FLIGHT_MAX = 64;
    private static final int WAIT_MILLIS = 50;

    private final String topic;
    private final int partition;
    private final long seed;
    private final Pace pace;
    private final Ledger ledger;

    private long next;

    PipelinedProducer(String topic, int partition, long seed, Pace pace, Ledger ledger) {
        this.pace = pace;
        this.topic = topic;
        this.partition = partition;
        this.seed = seed;
        this.ledger = ledger;
    }

    @Override
    public void use(Connection connection) {
        Flight flight = new Flight();
        try {
            while (!flight.isBroken) {
                pace.await(next);
                if (flight.room.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                    publish(connection, next++, flight);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish(Connection connection, long sequence, Flight flight) {
        PublishRequest request = PublishRequest.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setPayload(new TestMessage(seed, partition, sequence).payload())
                .build();
        connection.async().publish(request, new StreamObserver<>() {
            @Override
            public void onNext(PublishResponse response) {
                ledger.acknowledged(response.getOffset(), sequence);
            }

            @Override
            public void onError(Throwable t) {
                flight.isBroken = true;
            }

            @Override
            public void onCompleted() {
                flight.room.release();
            }
        });
    }

    private static final class Flight {
        private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
        private volatile boolean isBroken;
    }
}
