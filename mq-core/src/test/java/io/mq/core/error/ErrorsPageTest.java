package io.mq.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorsPageTest {

    private static final Path PAGE = Path.of("../docs/reference/errors.md");

    @Test
    void theReferenceListsEveryReasonWithItsStatus() throws IOException {
        List<String> expected =
                Arrays.stream(Reason.values()).map(ErrorsPageTest::beginning).toList();

        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `[A-Z_]+` \\| `.*"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1) + 1))
                .toList();

        assertThat(rows).isEqualTo(expected);
    }

    private static String beginning(Reason reason) {
        String status = reason.kind() == Kind.OUTCOME_UNKNOWN
                ? "DEADLINE_EXCEEDED"
                : reason.kind().name();
        return "| `%s` | `%s` |".formatted(reason, status);
    }
}
