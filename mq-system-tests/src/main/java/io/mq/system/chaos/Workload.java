package io.mq.system.chaos;

import io.mq.proto.CreateTopicRequest;
import io.mq.proto.DescribeTopicRequest;
import io.mq.proto.FetchOffsetsRequest;
import io.mq.proto.GroupPartition;
import io.mq.proto.PartitionDescription;
import io.mq.proto.TopicConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Producers, consumers, and what each partition has promised them. */
final class Workload {

    /** How often a server is to give up what need not be kept. */
    static final Duration RETENTION_INTERVAL = Duration.ofMillis(300);

    private static final String TOPIC = "chaos";

    /** Four partitions have a producer that waits for each answer, four one that does not, one a producer with a number. */
    private static final List<Sending> PARTITIONS = List.of(
            Sending.SERIAL,
            Sending.SERIAL,
            Sending.SERIAL,
            Sending.SERIAL,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.NUMBERED);

    private static final int CONSUMERS = 2;

    /**
     * Of a partition: much more than comes in one life of a server, for whatever goes must have been checked; little
     * enough for a long run to fit a disk, and for retention to be at work when the kill comes.
     */
    private static final long KEPT_BYTES = 64 << 20;

    /** Several times the interval of retention. */
    private static final Duration RETENTION_SETTLES = RETENTION_INTERVAL.multipliedBy(10);

    /** One for each partition; none while nothing is checked. */
    private static final ExecutorService CHECKERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "log-check");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<LogCheck> checks = new ArrayList<>();
    private final SerialProducer first;
    private final long seed;

    /** Lives through all lives of the server; null before the first. */
    private NumberedProducer numbered;

    Workload(long seed) {
        this.seed = seed;
        for (int partition = 0; partition < PARTITIONS.size(); partition++) {
            Sending sending = PARTITIONS.get(partition);
            Ledger ledger = new Ledger();
            ledgers.add(ledger);
            if (sending == Sending.SERIAL) {
                clients.add(new SerialProducer(TOPIC, partition, seed, ledger));
            } else if (sending == Sending.PIPELINED) {
                clients.add(new PipelinedProducer(TOPIC, partition, seed, ledger));
            }
            checks.add(new LogCheck(TOPIC, partition, seed, ledger, sending));
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

    /** Messages that were found twice and may be. */
    long duplicated() {
        return checks.stream().mapToLong(LogCheck::duplicated).sum();
    }

    /**
     * Creates the topic, or finds it, and has one message acknowledged.
     *
     * @param address where each life of the server listens
     */
    void begin(Connection connection, String address) {
        connection
                .blocking()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setName(TOPIC)
                        .setPartitions(PARTITIONS.size())
                        .setConfig(TopicConfig.newBuilder().setRetentionBytes(KEPT_BYTES))
                        .build());
        first.publishNext(connection);
        if (numbered == null) {
            int partition = PARTITIONS.indexOf(Sending.NUMBERED);
            numbered = NumberedProducer.start(address, TOPIC, partition, seed, ledgers.get(partition));
        }
        numbered.setPaused(false);
    }

    /** Ends what lives longer than the server; before the last check, while the server is there. */
    void end(Findings findings) {
        if (numbered != null) {
            numbered.close();
            numbered.failure().ifPresent(failure -> findings.lost(1, "a numbered message was not stored: " + failure));
        }
    }

    /** Checks what came since the last check. */
    void check(Connection connection, Findings findings) {
        if (numbered != null) {
            numbered.setPaused(true);
        }
        List<Long> promised = ledgers.stream().map(Ledger::end).toList();
        sideBySide(
                describe(connection),
                log -> checks.get(log.getPartition())
                        .check(connection, promised.get(log.getPartition()), log, findings));
        checkCommitted(connection, findings);
    }

    /** Checks what came since the last check, and then all that is kept once more. */
    void checkAll(Connection connection, Findings findings) {
        check(connection, findings);
        awaitRetention(connection);
        sideBySide(describe(connection), log -> checks.get(log.getPartition()).checkKept(connection, log, findings));
    }

    private static List<PartitionDescription> describe(Connection connection) {
        return connection
                .blocking()
                .describeTopic(DescribeTopicRequest.newBuilder().setName(TOPIC).build())
                .getTopic()
                .getPartitionsList();
    }

    /** Nothing grows while it is checked, so what retention gives up is given up soon, or what is read would go away. */
    private static void awaitRetention(Connection connection) {
        List<PartitionDescription> before;
        List<PartitionDescription> now = describe(connection);
        do {
            before = now;
            LockSupport.parkNanos(RETENTION_SETTLES.toNanos());
            now = describe(connection);
        } while (!now.equals(before));
    }

    /** One stream that is read by pulling waits most of the time. */
    private static void sideBySide(List<PartitionDescription> logs, Consumer<PartitionDescription> check) {
        List<CompletableFuture<Void>> running = logs.stream()
                .map(log -> CompletableFuture.runAsync(() -> check.accept(log), CHECKERS))
                .toList();
        running.forEach(CompletableFuture::join);
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
        long[] offsets = new long[PARTITIONS.size()];
        committed.forEach(partition -> offsets[partition.getPartition()] = partition.getCommittedOffset());
        for (int i = 0; i < offsets.length; i++) {
            if (!ledgers.get(i).allowsCommitted(offsets[i])) {
                findings.lost(1, "partition %d: %d is committed, which nobody was told".formatted(i, offsets[i]));
            }
        }
    }
}
