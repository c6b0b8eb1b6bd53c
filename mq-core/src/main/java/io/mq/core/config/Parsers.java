package io.mq.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes values of what people write, within bounds. */
final class Parsers {

    static final String FOREVER = "forever";
    static final String UNLIMITED = "unlimited";

    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,18})\\s*([a-zA-Z]*)");

    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "b", 1L, "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30, "tib", 1L << 40);

    private Parsers() {}

    static Function<String, Integer> integer(int min, int max) {
        return text -> {
            require(text.matches("-?\\d{1,9}"), "is not a whole number");
            return Math.toIntExact(within(Long.parseLong(text), min, max));
        };
    }

    /** One of these whole numbers. */
    static Function<String, Integer> oneOf(Integer... values) {
        return text -> {
            Integer value = integer(0, Integer.MAX_VALUE).apply(text);
            require(List.of(values).contains(value), "is none of these");
            return value;
        };
    }

    /** Bytes as {@code 1024}, {@code 64KiB}, {@code 8MiB}, {@code 1GiB}. */
    static Function<String, Long> bytes(long min, long max) {
        return text -> within(parseBytes(text), min, max);
    }

    /** Like {@link #bytes}, or {@value #UNLIMITED}, which is {@link Long#MAX_VALUE}. */
    static Function<String, Long> bytesOrUnlimited(long min) {
        return text -> text.equals(UNLIMITED) ? Long.MAX_VALUE : within(parseBytes(text), min, Long.MAX_VALUE);
    }

    private static long parseBytes(String text) {
        Matcher quantity = quantity(text, "is no size such as 4096, 64KiB, 8MiB or 1GiB");
        Long unit = BYTES.get(quantity.group(2).toLowerCase(Locale.ROOT));
        require(unit != null, "has an unknown unit; use B, KiB, MiB, GiB or TiB");
        try {
            return Math.multiplyExact(Long.parseLong(quantity.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large", e);
        }
    }

    /** A time span as {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 7d}. */
    static Function<String, Duration> duration(Duration min, Duration max) {
        return text -> parseDuration(text, min, max);
    }

    /** Like {@link #duration}, or {@value #FOREVER}. */
    static Function<String, Duration> durationOrForever(Duration min, Duration forever) {
        return text -> text.equals(FOREVER) ? forever : parseDuration(text, min, forever);
    }

    private static Duration parseDuration(String text, Duration min, Duration max) {
        Duration value = DurationText.parse(text);
        require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0, "is out of bounds");
        return value;
    }

    private static Matcher quantity(String text, String complaint) {
        Matcher matcher = QUANTITY.matcher(text);
        require(matcher.matches(), complaint);
        return matcher;
    }

    private static long within(long value, long min, long max) {
        require(value >= min && value <= max, "is out of bounds");
        return value;
    }

    static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
