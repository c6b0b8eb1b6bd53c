package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process with a real broker, killed while it publishes. */
class KilledProcessTest {

    private static final int ACKNOWLEDGED_MIN = 500;

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;
    private Process process;

    @BeforeEach
    void startProcess() throws IOException {
        fixture = new BrokerFixture(temporary.resolve("data"));
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PublishingProcess.class.getName(),
                        fixture.root().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        process.destroyForcibly();
        fixture.close();
    }

    /** Reads so many lines, or all that are left where the process has ended. */
    private static long lastOffset(BufferedReader output, int linesMax) throws IOException {
        long last = -1;
        String line = output.readLine();
        for (int i = 1; line != null; i++) {
            last = Long.parseLong(line);
            if (i == linesMax) {
                return last;
            }
            line = output.readLine();
        }
        return last;
    }

    @Test
    void losesNothingAcknowledgedAndGivesTheDirectoryBack() throws Exception {
        long acknowledged;
        try (BufferedReader output = process.inputReader()) {
            assertThat(lastOffset(output, ACKNOWLEDGED_MIN)).isEqualTo(ACKNOWLEDGED_MIN - 1);
            assertThat(catchThrowableOfType(StartupException.class, fixture::start)
                            .failure())
                    .isEqualTo(StartupFailure.DATA_DIRECTORY_IN_USE);
            // The process's own method would close the output with what is left in it.
            process.toHandle().destroyForcibly();
            process.waitFor();
            acknowledged = Math.max(ACKNOWLEDGED_MIN, lastOffset(output, Integer.MAX_VALUE) + 1);
        }
        fixture.start();
        List<String> found = fixture.fetch("t", 0, 0);
        assertThat(found).hasSizeGreaterThanOrEqualTo((int) acknowledged);
        assertThat(found)
                .isEqualTo(
                        IntStream.range(0, found.size()).mapToObj(i -> "m" + i).toList());
    }
}
