package io.mq.system.chaos;

import io.grpc.StatusRuntimeException;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;

/**
 * Sends one message after the other to its own partition, and one whose outcome it does not know again. So its messages
 * stand in the log in their order, none missing, some of the uncertain ones twice.
 */
final class SerialProducer implements Client {

    private final String topic;
    private final int partition;
    private final long seed;
    private final Ledger ledger;
    private final GapClock gaps = new GapClock();

    private long next;

    SerialProducer(String topic, int partition, long seed, Ledger ledger) {
        this.topic = topic;
        this.partition = partition;
        this.seed = seed;
        this.ledger = ledger;
    }

    @Override
    public void use(Connection connection) {
        try {
            while (true) {
                publishNext(connection);
            }
        } catch (StatusRuntimeException broken) {
            ledger.retried(next);
        }
    }

    /** Publishes one message and waits for the acknowledgement. */
    void publishNext(Connection connection) {
        PublishResponse response = connection
                .blocking()
                .publish(PublishRequest.newBuilder()
                        .setTopic(topic)
                        .setPartition(partition)
                        .setPayload(new TestMessage(seed, partition, next).payload())
                        .putHeaders("sequence", Long.toString(next))
                        .build());
        ledger.acknowledged(response.getOffset(), next);
        gaps.acknowledged(System.nanoTime());
        next++;
    }

    /** When it was answered. */
    GapClock gaps() {
        return gaps;
    }
}
