package io.mq.bench.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The tool of the JDK that tells a virtual machine of this machine what to do. */
record Jcmd(Path executable) {

    /** That of the JDK which runs this; a mere runtime environment has none. */
    static Optional<Jcmd> find() {
        return Optional.of(Path.of(System.getProperty("java.home"), "bin", "jcmd"))
                .filter(Files::isExecutable)
                .map(Jcmd::new);
    }

    /** Has the virtual machine collect all garbage, and returns when it has. */
    void collectGarbage(long pid) throws IOException {
        Process process = new ProcessBuilder(List.of(executable.toString(), Long.toString(pid), "GC.run"))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("jcmd %d GC.run failed; it printed:%n%s".formatted(pid, printed));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while jcmd ran", e);
        }
    }
}
