package io.mq.core.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time spans as people write them: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 7d}. */
public final class DurationText {

    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,18})\\s*([a-zA-Z]*)");

    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private DurationText() {}

    /** @throws IllegalArgumentException saying what is wrong with the text */
    public static Duration parse(String text) {
        Matcher quantity = QUANTITY.matcher(text);
        Parsers.require(quantity.matches(), "is no time span such as 250ms, 10s, 5m, 2h or 7d");
        Duration unit = UNITS.get(quantity.group(2).toLowerCase(Locale.ROOT));
        Parsers.require(unit != null, "needs a unit: ms, s, m, h or d");
        try {
            Duration duration = unit.multipliedBy(Long.parseLong(quantity.group(1)));
            Parsers.require(duration.toMillis() >= 0, "is too large");
            return duration;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large", e);
        }
    }

    /** The same span with the largest unit that needs no fraction; whole milliseconds only. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0 && seconds > 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
