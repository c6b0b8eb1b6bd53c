package io.mq.system.chaos;

import io.mq.system.process.ClassArchive;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Rounds of one server's life: start, check what the life before has promised, load, kill. */
public final class ChaosRun {

    /** How long a server works before it is killed. */
    private static final int LIFE_MILLIS_MAX = 2000;

    /** One round in so many kills the server while it starts. */
    private static final int EARLY_KILL_ODDS = 10;

    /** As long as a start takes on a fast machine. */
    private static final int START_MILLIS = 6000;

    /** A check of all that is kept is due after so many rounds, and at the end. */
    private static final int FULL_CHECK_ROUNDS = 100;

    /** What a server says of bytes that fail their check. */
    private static final String DAMAGED = "Stored messages are damaged";

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

    private ServerOptions options;
    private final int rounds;
    private final long seed;
    private final PrintStream progress;
    private final Random random;
    private final Workload workload;
    private final Findings findings;
    private final List<Long> recoveryMillis = new ArrayList<>();

    /** @param progress where each round is told */
    public ChaosRun(Path directory, int rounds, long seed, PrintStream progress) throws IOException {
        // Small and often, so that every kill hits a checkpoint, a new segment, a new journal file or the deletion of
        // segments now and then.
        this.options = ServerOptions.in(directory)
                .with("mq.checkpoint.interval", "300ms")
                .with("mq.retention.interval", Workload.RETENTION_INTERVAL.toMillis() + "ms")
                .with("mq.journal.file-bytes", "2MiB")
                .with("mq.storage.segment-bytes", "1MiB")
                .with("mq.limits.message-bytes-max", "1MiB")
                .with("mq.storage.free-bytes-min", "0")
                .onOnePort();
        this.rounds = rounds;
        this.seed = seed;
        this.progress = progress;
        this.random = new Random(seed);
        this.workload = Workload.ofOneServer(seed);
        this.findings = new Findings(progress);
    }

    /** Runs all rounds, a last check of everything, and a stop in good order. */
    public ChaosReport run() throws IOException, InterruptedException {
        if (ClassArchive.isWorthIt(rounds)) {
            options = ClassArchive.record(options);
        }
        for (int round = 1; round <= rounds; round++) {
            if (random.nextInt(EARLY_KILL_ODDS) == 0) {
                killWhileStarting(round);
            } else {
                live(round);
            }
        }
        end();
        return new ChaosReport(
                rounds,
                workload.acknowledged(),
                findings.lost(),
                workload.duplicated(),
                findings.reorderedCount(),
                recoveryMillis.stream().mapToLong(Long::longValue).toArray(),
                seed);
    }

    private void killWhileStarting(int round) throws IOException {
        try (ServerProcess server = ServerProcess.launch(options)) {
            pause(random.nextInt(START_MILLIS));
            progress.printf("round %d: killed while starting%n", round);
        }
    }

    private void live(int round) throws IOException, InterruptedException {
        long launched = System.nanoTime();
        try (ServerProcess server = ServerProcess.start(options);
                Connection connection = new Connection(server.grpcAddress())) {
            long started = System.nanoTime();
            check(connection, round % FULL_CHECK_ROUNDS == 0);
            long checked = System.nanoTime();
            workload.create(connection);
            workload.publishFirst(connection);
            workload.resume(List.of(server.grpcAddress()));
            recoveryMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - checked + started - launched));
            List<Thread> clients = startClients(connection);
            pause(random.nextInt(LIFE_MILLIS_MAX));
            server.kill();
            connection.close();
            for (Thread client : clients) {
                client.join();
            }
        }
        progress.printf(
                "round %d: %,d acknowledged, %d lost, %d duplicated, %d reordered%n",
                round, workload.acknowledged(), findings.lost(), workload.duplicated(), findings.reorderedCount());
    }

    private void check(Connection connection, boolean isFull) {
        if (recoveryMillis.isEmpty()) {
            return;
        }
        if (isFull) {
            workload.checkAll(connection, findings);
        } else {
            workload.check(connection, findings);
        }
    }

    private List<Thread> startClients(Connection connection) {
        List<Thread> threads = new ArrayList<>();
        for (Client client : workload.clients()) {
            Thread thread =
                    new Thread(() -> client.use(connection), client.getClass().getSimpleName());
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void end() throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(options);
                Connection connection = new Connection(server.grpcAddress())) {
            workload.end(findings);
            check(connection, true);
            server.terminate();
            int status = server.awaitExit(STOP_TIMEOUT)
                    .orElseThrow(() -> new IOException("the server did not stop when it was asked to"));
            if (server.errors().contains(DAMAGED)) {
                findings.lost(1, "a server found stored messages damaged; see server.err");
            }
            if (status != 0) {
                throw new IOException("the server stopped with status %d:%n%s".formatted(status, server.errors()));
            }
        }
    }

    private static void pause(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long rest = end - System.nanoTime(); rest > 0; rest = end - System.nanoTime()) {
            LockSupport.parkNanos(rest);
        }
    }
}
