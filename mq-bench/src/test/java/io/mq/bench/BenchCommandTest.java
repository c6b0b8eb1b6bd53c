package io.mq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {

    private static final int BAD_OPTION = 2;

    private final StringWriter errors = new StringWriter();
    private final CommandLine command = BenchCommand.commandLine().setErr(new PrintWriter(errors, true));

    @ParameterizedTest
    @CsvSource({
        "produce, --bytes, 7",
        "produce, --partitions, 0",
        "mixed, --rate, -1",
        "unary, --in-flight, 0",
        "unary, --rounds, 0",
        "latency, --rate, 0",
        "scale, --partitions, 1",
        "scale, --subscriptions, 1",
        "peers, --runs, 0"
    })
    void aNumberThatMakesNoRunIsRefused(String name, String option, String value) {
        assertThat(command.execute(name, option, value)).isEqualTo(BAD_OPTION);
        assertThat(errors.toString()).contains(option, "'%s' is no whole number from".formatted(value));
    }

    @Test
    void aFileAsDataDirectoryIsRefused(@TempDir Path temporary) throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThat(command.execute("peers", "--data-dir", file.toString())).isEqualTo(BAD_OPTION);
        assertThat(errors.toString()).contains("--data-dir " + file + " cannot be used: " + file + " is a file");
    }

    @Test
    void aChartThatCannotBeWrittenIsRefusedBeforeTheRun(@TempDir Path temporary) {
        for (Path file : List.of(temporary, temporary.resolve("missing/peers.svg"))) {
            assertThat(command.execute("peers", "--chart", file.toString())).isEqualTo(BAD_OPTION);
            assertThat(errors.toString()).contains("--chart " + file + " cannot be written");
        }
    }

    @Test
    void aClusterIsComparedInAnyWorkload() {
        for (String workload : List.of("e2e-500", "consume-1KiB")) {
            assertThatCode(() -> command.parseArgs("peers", "--cluster", "--only", workload))
                    .doesNotThrowAnyException();
        }
        assertThat(command.execute("peers", "--cluster", "--only", "e2e-5")).isEqualTo(BAD_OPTION);
        assertThat(errors.toString()).contains("'e2e-5' is none of", "e2e-500");
    }

    @Test
    void aSettingThatKafkaDoesNotHaveIsRefusedBeforeTheRun() {
        assertThat(command.execute("peers", "--kafka-producer", "lingr.ms=5")).isEqualTo(BAD_OPTION);
        assertThat(errors.toString()).contains("--kafka-producer: Kafka's producer has no setting 'lingr.ms'");
    }

    @Test
    void aFailureThatSaysWhatItIsTakesALine() throws Exception {
        assertThat(report(new IOException("the load failed: no disk"))).isEqualTo("mq bench: the load failed: no disk");
        assertThat(report(new CompletionException(Status.UNAVAILABLE
                        .withDescription("io exception\nCaused by: a long story")
                        .asRuntimeException())))
                .isEqualTo("mq bench: UNAVAILABLE: io exception");
    }

    private String report(Exception failure) throws Exception {
        assertThat(new FailureReport().handleExecutionException(failure, command, null))
                .isEqualTo(1);
        return errors.toString().lines().reduce((first, last) -> last).orElseThrow();
    }

    @Test
    void anyOtherKeepsItsStackTrace() {
        for (Exception failure : new Exception[] {new NoSuchFileException("x"), new IllegalStateException("a bug")}) {
            assertThatThrownBy(() -> new FailureReport().handleExecutionException(failure, command, null))
                    .isSameAs(failure);
        }
    }
}
