package io.mq.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    private static final Path PAGE = Path.of("../docs/reference/configuration.md");

    @Test
    void theReferenceListsEveryKeyAsTheCodeHasIt() throws IOException {
        List<String> expected =
                Settings.all().stream().map(ConfigurationPageTest::row).toList();

        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `mq."))
                .toList();

        assertThat(rows).isEqualTo(expected);
    }

    private static String row(Setting<?> setting) {
        String defaultText = setting.defaultText().isEmpty() ? "none" : "`" + setting.defaultText() + "`";
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(setting.key(), setting.type(), defaultText, setting.bounds(), setting.meaning());
    }
}
