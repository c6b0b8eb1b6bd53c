package io.mq.bench.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OutputMixinTest {

    private final Locale locale = Locale.getDefault();
    private final Map<String, Object> figures = new LinkedHashMap<>();

    OutputMixinTest() {
        figures.put("workload", "produce");
        figures.put("bytes", 1000L);
        figures.put("published_per_s", 1234.5678);
    }

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(locale);
    }

    @Test
    void peopleGetATable() {
        Locale.setDefault(Locale.ROOT);

        assertThat(printed().lines())
                .map(line -> line.replaceAll(" +", " "))
                .containsExactly("workload produce", "bytes 1,000", "published_per_s 1,234.568");
    }

    @Test
    void aLongNameMakesTheColumnWider() {
        figures.put("a".repeat(40), 1L);

        assertThat(printed().lines()).allSatisfy(line -> assertThat(line).hasSize(40 + 1 + 16));
    }

    @Test
    void machinesGetTheSameInEveryLocale() {
        Locale.setDefault(Locale.GERMANY);

        assertThat(printed("--json").strip())
                .isEqualTo("{\"workload\": \"produce\", \"bytes\": 1000, \"published_per_s\": 1234.568}");
        assertThat(printed("--csv").lines()).containsExactly("workload,bytes,published_per_s", "produce,1000,1234.568");
    }

    @Test
    void figuresWithinFiguresAreAnObjectOrNamesWithAPoint() {
        figures.clear();
        figures.put("ack_ms", Map.of("p50", 0.5));
        figures.put("count", 3L);

        assertThat(printed("--json").strip()).isEqualTo("{\"ack_ms\": {\"p50\": 0.500}, \"count\": 3}");
        assertThat(printed("--csv").lines()).containsExactly("ack_ms.p50,count", "0.500,3");
    }

    @Test
    void onlyPeopleAreToldHowARunGoesOn() {
        assertThat(parsed().isForPeople()).isTrue();
        assertThat(parsed("--json").isForPeople()).isFalse();
        assertThat(parsed("--csv").isForPeople()).isFalse();
    }

    private static OutputMixin parsed(String... options) {
        OutputMixin output = new OutputMixin();
        var unused = new CommandLine(new Holder(output)).parseArgs(options);
        return output;
    }

    private String printed(String... options) {
        OutputMixin output = parsed(options);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        output.print(figures, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @CommandLine.Command
    private static final class Holder {

        @CommandLine.Mixin
        private final OutputMixin output;

        Holder(OutputMixin output) {
            this.output = output;
        }
    }
}
