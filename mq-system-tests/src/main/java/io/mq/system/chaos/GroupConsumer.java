package io.mq.system.chaos;

import io.grpc.StatusRuntimeException;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.CommitOffsetResponse;
import io.mq.proto.Message;
import io.mq.proto.SubscribeRequest;
import java.util.Iterator;
import java.util.List;

/** A member of a consumer group that commits as it goes. */
final class GroupConsumer implements Client {

    static final String GROUP = "chaos-group";

    /** Messages of a partition between two commits. */
    private static final int COMMIT_EVERY = 50;

    private final String topic;
    private final String name;
    private final List<Ledger> ledgers;

    GroupConsumer(String topic, String name, List<Ledger> ledgers) {
        this.topic = topic;
        this.name = name;
        this.ledgers = ledgers;
    }

    @Override
    public void use(Connection connection) {
        Iterator<Message> messages = connection
                .streaming()
                .subscribe(SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setConsumerGroup(GROUP)
                        .setConsumerId(name)
                        .build());
        try {
            while (messages.hasNext()) {
                Message message = messages.next();
                if (message.getOffset() % COMMIT_EVERY == 0) {
                    commit(connection, message.getPartition(), message.getOffset() + 1);
                }
            }
        } catch (StatusRuntimeException broken) {
            // The server has died; its next life goes on from what was committed.
            Calls.drain(messages);
        }
    }

    private void commit(Connection connection, int partition, long offset) {
        Ledger ledger = ledgers.get(partition);
        ledger.commitAttempted(offset);
        CommitOffsetResponse response = connection
                .blocking()
                .commitOffset(CommitOffsetRequest.newBuilder()
                        .setTopic(topic)
                        .setConsumerGroup(GROUP)
                        .setPartition(partition)
                        .setOffset(offset)
                        .build());
        ledger.commitAcknowledged(response.getCommittedOffset());
    }
}
