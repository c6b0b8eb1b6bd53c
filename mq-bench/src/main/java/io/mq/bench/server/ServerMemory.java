package io.mq.bench.server;

import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a server that the run has started takes of the machine's memory. */
public final class ServerMemory {

    /**
     * One alone does not do: buffers outside the heap go after the one that finds them unused, and the first questions
     * load the code that answers them.
     */
    private static final int COLLECTIONS = 3;

    private final long pid;
    private final ResidentMemory resident;
    private final String httpUrl;

    /** What is left when all garbage is collected. */
    public record Footprint(long heapBytes, long rssBytes) {}

    private ServerMemory(long pid, String httpUrl) {
        this.pid = pid;
        this.resident = ResidentMemory.of(pid);
        this.httpUrl = httpUrl;
    }

    static ServerMemory of(ServerProcess server) {
        return new ServerMemory(server.pid(), server.httpUrl());
    }

    /** The peak since its start and the heap in use now, garbage included, by name. What is not known is left out. */
    public Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        resident.peakBytes().ifPresent(bytes -> figures.put("rss_peak_bytes", bytes));
        heapUsedBytes().ifPresent(bytes -> figures.put("heap_used_bytes", bytes));
        return figures;
    }

    /** Has the server collect its garbage; empty without a JDK or where the system does not tell resident memory. */
    public Optional<Footprint> afterCollection() throws IOException {
        Optional<Jcmd> jcmd = Jcmd.find();
        if (jcmd.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong heap = OptionalLong.empty();
        for (int i = 0; i < COLLECTIONS; i++) {
            jcmd.get().collectGarbage(pid);
            // What the last collection has left: answering the question already makes garbage.
            heap = bytes(MetricsPage.read(httpUrl), "jvm_memory_pool_collection_used_bytes", "");
        }
        OptionalLong rss = resident.bytes();
        return rss.isPresent() && heap.isPresent()
                ? Optional.of(new Footprint(heap.getAsLong(), rss.getAsLong()))
                : Optional.empty();
    }

    private OptionalLong heapUsedBytes() {
        try {
            return bytes(MetricsPage.read(httpUrl), "jvm_memory_used_bytes", "area=\"heap\"");
        } catch (IOException e) {
            // Comes at the end of a run, whose result is worth more than this figure.
            return OptionalLong.empty();
        }
    }

    private static OptionalLong bytes(MetricsPage page, String name, String label) {
        return page.sum(name, label).stream().mapToLong(value -> (long) value).findFirst();
    }
}
