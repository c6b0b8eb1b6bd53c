package io.mq.bench.neighbours;

import io.mq.bench.process.BenchProcess;
import io.mq.bench.process.LowestPriority;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A bad neighbour in a process of its own, with the lowest priority: on a machine whose processors it shares with the
 * server, what it takes of them would otherwise be charged to the server.
 */
final class NeighbourProcess implements Closeable {

    /**
     * Little, and no time for the optimizing compiler. What deaf consumers have been sent is not on the heap, and is all
     * that their windows let through.
     */
    private static final List<String> JVM = List.of(
            "-Xms16m", "-Xmx64m", "-XX:MaxDirectMemorySize=512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final BenchProcess process;

    private NeighbourProcess(BenchProcess process) {
        this.process = process;
    }

    /**
     * Launches it and waits until it is ready: the start of a virtual machine is not what is to be measured.
     *
     * @throws IOException with what it has printed, where it fails
     */
    static NeighbourProcess launch(Neighbour neighbour, String address) throws IOException {
        NeighbourProcess launched = new NeighbourProcess(BenchProcess.launch(
                neighbour.label(),
                LowestPriority.launcher(),
                JVM,
                NeighbourCommand.class,
                List.of("--neighbour", neighbour.label(), "--address", address)));
        try {
            var ready = launched.await(NeighbourCommand.READY);
        } catch (IOException e) {
            launched.close();
            throw e;
        }
        return launched;
    }

    void begin() throws IOException {
        process.tell(NeighbourCommand.BEGIN);
    }

    /** Ends it; answers how often it has done what it does. */
    long end() throws IOException {
        process.tell(NeighbourCommand.END);
        long acts = Long.parseLong(await(NeighbourCommand.ACTS));
        process.awaitSuccess();
        return acts;
    }

    /** Waits for a line that begins with a word; answers the rest. */
    private String await(String word) throws IOException {
        String line = process.nextLine().orElse("");
        if (!line.startsWith(word)) {
            process.awaitSuccess();
            throw new IOException("a neighbour was to say '%s' and said '%s'".formatted(word, line));
        }
        return line.substring(word.length()).strip();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
