package io.mq.server;

import fish.payara.micro.BootstrapException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** One life of a node, from its boot to its stop. */
final class Node {

    /** A system property that names another EAR to deploy instead of the one in the jar: one with tests in it. */
    private static final String OTHER_EAR = "io.mq.server.ear";

    private final Map<String, String> settings;
    private final PrintStream out;

    /** @param settings those that the launcher needs, resolved and checked */
    Node(Map<String, String> settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Returns after the node was told to stop and has stopped. */
    void run() throws IOException, StartupFailedException, InterruptedException, BootstrapException {
        long start = System.nanoTime();
        StopSignal signal = StopSignal.install();
        HttpAddress http = HttpAddress.parse(settings.get("mq.http-addr"));
        try (RuntimeDirectory directory = RuntimeDirectory.open(Path.of(settings.get("mq.data-dir")))) {
            out.printf("mq %s is starting…%n", ServerCommand.Version.mq());
            ApplicationServer server = ApplicationServer.boot(directory, http);
            server.deploy(application(directory));
            signal.started();
            // The boot leaves more garbage than a node makes in hours; this gives its memory back to the system.
            System.gc();
            Greeting.print(out, http, Duration.ofNanos(System.nanoTime() - start));
            signal.await();
            out.println("mq is stopping…");
            server.stop();
        }
        out.println("mq has stopped");
    }

    private static Path application(RuntimeDirectory directory) throws IOException {
        String other = System.getProperty(OTHER_EAR);
        return other == null ? directory.extract("mq/mq.ear", "mq.ear") : Path.of(other);
    }
}
