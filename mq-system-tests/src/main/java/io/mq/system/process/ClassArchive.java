package io.mq.system.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The virtual machine's class data sharing, for runs that start a server hundreds of times: a start takes a quarter
 * less where the classes need not be parsed and verified again.
 */
public final class ClassArchive {

    /** Writing the archive is part of the exit. */
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(60);

    /** Recording takes as long as so many starts save. */
    private static final int STARTS_MIN = 10;

    private ClassArchive() {}

    /** Whether a run of so many starts takes less time with an archive. */
    public static boolean isWorthIt(int starts) {
        return starts > STARTS_MIN;
    }

    /** Starts and stops a server once, for the archive of what it loads; returns options that use it. */
    public static ServerOptions record(ServerOptions options) throws IOException, InterruptedException {
        Path archive = options.directory().resolve("classes.jsa");
        try (ServerProcess server = ServerProcess.start(
                options.withJvm("-XX:ArchiveClassesAtExit=" + archive).withJvm("-Xlog:cds=error"))) {
            server.terminate();
            if (server.awaitExit(EXIT_TIMEOUT).isEmpty()) {
                throw new IOException("the server did not end within " + EXIT_TIMEOUT);
            }
        }
        return options.withJvm("-XX:SharedArchiveFile=" + archive);
    }
}
