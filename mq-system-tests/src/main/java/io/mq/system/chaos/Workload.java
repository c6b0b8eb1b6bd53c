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

    static final String TOPIC = "chaos";

    /** Four partitions have a producer that waits for each answer, four one that does not, one a producer with a number. */
    private static final List<Sending> OF_ONE_SERVER = List.of(
            Sending.SERIAL,
            Sending.SERIAL,
            Sending.SERIAL,
            Sending.SERIAL,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.NUMBERED);

    /** Fewer of them, since all nodes do all of the work. */
    private static final List<Sending> OF_A_CLUSTER = List.of(
            Sending.SERIAL_ELSEWHERE,
            Sending.SERIAL_ELSEWHERE,
            Sending.SERIAL_ELSEWHERE,
            Sending.SERIAL_ELSEWHERE,
            Sending.PIPELINED,
            Sending.PIPELINED,
            Sending.NUMBERED);

    /** With a rest now and then, or the checks would have nothing to read but these. */
    private static final Pace NUMBERED_PACE = new Pace(64, Duration.ofMillis(10));

    /** Leaves the processors time, so that what is measured is the cluster and not the wait for them. */
    private static final Pace CLUSTER_PACE = new Pace(32, Duration.ofMillis(100));

    /** Voting takes seconds, and several rounds of it many. */
    private static final Patience PATIENCE = new Patience(Duration.ofSeconds(60));

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
    private final List<SerialProducer> serial = new ArrayList<>();
    private final List<Sending> partitions;
    private final Pace numberedPace;
    private final long seed;

    /** Lives through all lives of the servers; null before the first. */
    private NumberedProducer numbered;

    private Workload(long seed, List<Sending> partitions, Pace pipelinedPace, Pace numberedPace) {
        this.seed = seed;
        this.partitions = partitions;
        this.numberedPace = numberedPace;
        for (int partition = 0; partition < partitions.size(); partition++) {
            Sending sending = partitions.get(partition);
            Ledger ledger = new Ledger();
            ledgers.add(ledger);
            if (sending == Sending.SERIAL || sending == Sending.SERIAL_ELSEWHERE) {
                serial.add(new SerialProducer(TOPIC, partition, seed, ledger));
            } else if (sending == Sending.PIPELINED) {
                clients.add(new PipelinedProducer(TOPIC, partition, seed, pipelinedPace, ledger));
            }
            checks.add(new LogCheck(TOPIC, partition, seed, ledger, sending));
        }
        clients.addAll(serial);
        for (int i = 0; i < CONSUMERS; i++) {
            clients.add(new GroupConsumer(TOPIC, "consumer-" + i, ledgers));
        }
    }

    /** As much as one server takes. */
    static Workload ofOneServer(long seed) {
        return new Workload(seed, OF_ONE_SERVER, Pace.UNBOUND, NUMBERED_PACE);
    }

    /** As much as leaves a small cluster some time to vote. */
    static Workload ofACluster(long seed) {
        return new Workload(seed, OF_A_CLUSTER, CLUSTER_PACE, CLUSTER_PACE);
    }

    /** Those that send one message after the other; they are among {@link #clients}, too. */
    List<SerialProducer> serialProducers() {
        return serial;
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

    /** Creates the topic, or finds it. */
    void create(Connection connection) {
        PATIENCE.call(() -> connection
                .blocking()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setName(TOPIC)
                        .setPartitions(partitions.size())
                        .setConfig(TopicConfig.newBuilder().setRetentionBytes(KEPT_BYTES))
                        .build()));
    }

    /** Has one message acknowledged by a server that is there. */
    void publishFirst(Connection connection) {
        serial.get(0).publishNext(connection);
    }

    /**
     * Starts what lives longer than a server, or has it go on.
     *
     * @param addresses where all lives of the servers listen
     */
    void resume(List<String> addresses) {
        if (numbered == null) {
            int partition = partitions.indexOf(Sending.NUMBERED);
            Ledger ledger = ledgers.get(partition);
            numbered = NumberedProducer.start(addresses, TOPIC, partition, seed, numberedPace, ledger);
        }
        numbered.setPaused(false);
    }

    /** For each partition, the end of what has been acknowledged. */
    List<Long> acknowledgedEnds() {
        return ledgers.stream().map(Ledger::end).toList();
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
        List<Long> promised = acknowledgedEnds();
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
        return PATIENCE.call(() -> connection
                        .blocking()
                        .describeTopic(
                                DescribeTopicRequest.newBuilder().setName(TOPIC).build()))
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
        boolean hasGroup = !PATIENCE.call(() -> connection
                        .blocking()
                        .listConsumerGroups(io.mq.proto.ListConsumerGroupsRequest.getDefaultInstance()))
                .getConsumerGroupsList()
                .isEmpty();
        checkCommitted(hasGroup ? committed(connection) : List.of(), findings);
    }

    private static List<GroupPartition> committed(Connection connection) {
        return PATIENCE.call(() -> connection
                        .blocking()
                        .fetchOffsets(FetchOffsetsRequest.newBuilder()
                                .setTopic(TOPIC)
                                .setConsumerGroup(GroupConsumer.GROUP)
                                .build()))
                .getPartitionsList();
    }

    private void checkCommitted(List<GroupPartition> committed, Findings findings) {
        long[] offsets = new long[partitions.size()];
        committed.forEach(partition -> offsets[partition.getPartition()] = partition.getCommittedOffset());
        for (int i = 0; i < offsets.length; i++) {
            if (!ledgers.get(i).allowsCommitted(offsets[i])) {
                findings.lost(1, "partition %d: %d is committed, which nobody was told".formatted(i, offsets[i]));
            }
        }
    }
}
