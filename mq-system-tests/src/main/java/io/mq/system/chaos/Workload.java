package io.mq.system.chaos;

import io.mq.proto.CreateTopicRequest;
import io.mq.proto.DescribeTopicRequest;
import io.mq.proto.FetchOffsetsRequest;
import io.mq.proto.GroupPartition;
import io.mq.proto.PartitionDescription;
import java.util.ArrayList;
import java.util.List;

/** Producers, consumers, and what each partition has promised them. */
final class Workload {

    private static final String TOPIC = "chaos";

    /** Half of the partitions have a producer that waits for each answer, half one that does not. */
    private static final int PARTITIONS = 8;

    private static final int CONSUMERS = 2;

    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<LogCheck> checks = new ArrayList<>();
    private final SerialProducer first;

    Workload(long seed) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Ledger ledger = new Ledger();
            boolean isPipelined = partition >= PARTITIONS / 2;
            ledgers.add(ledger);
            clients.add(
                    isPipelined
                            ? new PipelinedProducer(TOPIC, partition, seed, ledger)
                            : new SerialProducer(TOPIC, partition, seed, ledger));
            checks.add(new LogCheck(TOPIC, partition, seed, ledger, isPipelined));
        }
        first = (SerialProducer) clients.get(0);
        for (int i = 0; i < CONSUMERS; i++) {
            clients.add(new GroupConsumer(TOPIC, "consumer-" + i, ledgers));
        }
    }

    List<Client> clients() {
        return clients;
    }

    long acknowledged() {
        return ledgers.stream().mapToLong(Ledger::acknowledged).sum();
    }

    /** Creates the topic, or finds it, and has one message acknowledged. */
    void begin(Connection connection) {
        connection
                .blocking()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setName(TOPIC)
                        .setPartitions(PARTITIONS)
                        .build());
        first.publishNext(connection);
    }

    /** Checks what came since the last check, while nobody publishes. */
    void check(Connection connection, Findings findings) {
        for (PartitionDescription partition : connection
                .blocking()
                .describeTopic(DescribeTopicRequest.newBuilder().setName(TOPIC).build())
                .getTopic()
                .getPartitionsList()) {
            checks.get(partition.getPartition()).check(connection, partition.getEndOffset(), findings);
        }
        checkCommitted(connection, findings);
    }

    /** Checks everything from the first message on. */
    void checkAll(Connection connection, Findings findings) {
        checks.forEach(LogCheck::rewind);
        check(connection, findings);
    }

    private void checkCommitted(Connection connection, Findings findings) {
        boolean hasGroup = !connection
                .blocking()
                .listConsumerGroups(io.mq.proto.ListConsumerGroupsRequest.getDefaultInstance())
                .getConsumerGroupsList()
                .isEmpty();
        if (!hasGroup) {
            checkCommitted(List.of(), findings);
            return;
        }
        checkCommitted(
                connection
                        .blocking()
                        .fetchOffsets(FetchOffsetsRequest.newBuilder()
                                .setTopic(TOPIC)
                                .setConsumerGroup(GroupConsumer.GROUP)
                                .build())
                        .getPartitionsList(),
                findings);
    }

    private void checkCommitted(List<GroupPartition> committed, Findings findings) {
        long[] offsets = new long[PARTITIONS];
        committed.forEach(partition -> offsets[partition.getPartition()] = partition.getCommittedOffset());
        for (int i = 0; i < PARTITIONS; i++) {
            if (!ledgers.get(i).allowsCommitted(offsets[i])) {
                findings.lost(1, "partition %d: %d is committed, which nobody was told".formatted(i, offsets[i]));
            }
        }
    }
}
