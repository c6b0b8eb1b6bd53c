package io.mq.system.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs of this machine that do their work at once. */
final class Programs {

    private Programs() {}

    /**
     * Runs one and waits for its end.
     *
     * @param line words with a blank between them
     * @throws IOException where it is not there or fails, with what it printed
     */
    static void run(String line) throws IOException {
        Process process = new ProcessBuilder(List.of(line.split(" ")))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new IOException("'%s' ended with status %d: %s".formatted(line, status, printed.strip()));
        }
    }

    /** Runs one that need not succeed. */
    static boolean tryRun(String line) {
        try {
            run(line);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
