package io.mq.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParsersTest {

    private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

    private static void assertRefused(Function<String, ?> parser, String text) {
        assertThatIllegalArgumentException()
                .as("'%s'", text)
                .isThrownBy(() -> parser.apply(text))
                .withMessageMatching("(is|has|needs) .+");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "17, 17",
        "17b, 17",
        "17 B, 17",
        "1KiB, 1024",
        "64kib, 65536",
        "8 MiB, 8388608",
        "1GiB, 1073741824",
        "2tib, 2199023255552"
    })
    void bytesAreReadWithTheirUnit(String text, long expected) {
        assertThat(Parsers.bytes(0, Long.MAX_VALUE).apply(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5MiB",
                "MiB",
                "1MB",
                "1 M",
                "1e3",
                "0x10",
                "1,000",
                "9999999TiB ",
                "99999999999999999TiB"
            })
    void bytesThatAreNoneAreRefused(String text) {
        assertRefused(Parsers.bytes(0, 1L << 40), text);
    }

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "10s, PT10S", "5m, PT5M", "2h, PT2H", "7d, PT168H", "7 D, PT168H", "0s, PT0S"})
    void timeSpansAreReadWithTheirUnit(String text, Duration expected) {
        assertThat(Parsers.duration(Duration.ZERO, FOREVER).apply(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "1w", "1us", "PT10S", "forever", "999999999999999999d"})
    void timeSpansThatAreNoneAreRefused(String text) {
        assertRefused(Parsers.duration(Duration.ZERO, FOREVER), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.0", "1k", "--1", "+1", "0x1", "1234567890", "one"})
    void numbersThatAreNoneAreRefused(String text) {
        assertRefused(Parsers.integer(Integer.MIN_VALUE, Integer.MAX_VALUE), text);
    }

    @Test
    void boundsAreIncludedAndNothingBeyondThem() {
        assertThat(Parsers.integer(-2, 3).apply("-2")).isEqualTo(-2);
        assertThat(Parsers.integer(-2, 3).apply("3")).isEqualTo(3);
        assertRefused(Parsers.integer(-2, 3), "-3");
        assertRefused(Parsers.integer(-2, 3), "4");
        assertThat(Parsers.bytes(1024, 2048).apply("1KiB")).isEqualTo(1024);
        assertThat(Parsers.bytes(1024, 2048).apply("2KiB")).isEqualTo(2048);
        assertRefused(Parsers.bytes(1024, 2048), "1023");
        assertRefused(Parsers.bytes(1024, 2048), "2049");
        Function<String, Duration> seconds = Parsers.duration(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(seconds.apply("1s")).isEqualTo(Duration.ofSeconds(1));
        assertThat(seconds.apply("2000ms")).isEqualTo(Duration.ofSeconds(2));
        assertRefused(seconds, "999ms");
        assertRefused(seconds, "2001ms");
    }

    @Test
    void unlimitedAndForeverAreWords() {
        assertThat(Parsers.bytesOrUnlimited(1).apply("unlimited")).isEqualTo(Long.MAX_VALUE);
        assertThat(Parsers.bytesOrUnlimited(1).apply("1GiB")).isEqualTo(1L << 30);
        assertRefused(Parsers.bytesOrUnlimited(1), "0");
        assertRefused(Parsers.bytesOrUnlimited(1), "Unlimited");
        Function<String, Duration> parser = Parsers.durationOrForever(Duration.ofSeconds(1), FOREVER);
        assertThat(parser.apply("forever")).isEqualTo(FOREVER);
        assertThat(parser.apply("1s")).isEqualTo(Duration.ofSeconds(1));
        assertRefused(parser, "999ms");
    }

    @Test
    void timeSpanThatMillisecondsCannotCountIsRefused() {
        assertRefused(Parsers.durationOrForever(Duration.ofSeconds(1), FOREVER), "999999999999d");
    }
}
