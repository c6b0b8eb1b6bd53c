package io.mq.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchProcessTest {

    /** Says what it reads and which heap it has, and fails where it is told to. */
    static final class Parrot {

        public static void main(String[] arguments) throws IOException {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println(arguments[0] + " " + (Runtime.getRuntime().maxMemory() >> 20));
            for (String line = in.readLine(); !"end".equals(line); line = in.readLine()) {
                if (line == null) {
                    System.err.println("nobody is there");
                    System.exit(3);
                }
                System.out.println(line);
            }
        }
    }

    private static BenchProcess launch() throws IOException {
        return BenchProcess.launch(
                "the parrot",
                LowestPriority.launcher(),
                List.of("-Xmx32m", "-XX:+UseSerialGC"),
                Parrot.class,
                List.of("hello"));
    }

    @Test
    void linesGoBothWaysUntilItsEnd() throws IOException {
        try (BenchProcess parrot = launch()) {
            assertThat(parrot.nextLine())
                    .hasValueSatisfying(line -> assertThat(line).matches("hello (29|3\\d)"));
            parrot.tell("polly");
            assertThat(parrot.nextLine()).hasValue("polly");
            parrot.tell("end");
            assertThat(parrot.nextLine()).isEmpty();
            assertThatCode(parrot::awaitSuccess).doesNotThrowAnyException();
        }
    }

    @Test
    void failureShowsWhatItHasPrinted() throws IOException {
        try (BenchProcess failing = BenchProcess.launch("the parrot", List.of(), List.of(), Parrot.class, List.of())) {
            assertThat(failing.nextLine()).isEmpty();
            assertThatThrownBy(failing::awaitSuccess)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the parrot failed; it printed:")
                    .hasMessageContaining("ArrayIndexOutOfBounds");
        }
    }

    @Test
    void closingEndsIt() throws IOException {
        BenchProcess parrot = launch();
        parrot.close();
        assertThatThrownBy(() -> parrot.tell("polly")).isInstanceOf(IOException.class);
    }
}
