package io.mq.bench.option;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Figures for programs, the same in every locale. */
public final class Json {

    private Json() {}

    /** @param figures by name, in their order; numbers, texts without a quote, or figures again */
    public static String of(Map<?, ?> figures) {
        return figures.entrySet().stream()
                .map(figure -> "\"%s\": %s".formatted(figure.getKey(), value(figure.getValue())))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String value(Object value) {
        if (value instanceof Map<?, ?> figures) {
            return of(figures);
        }
        return value instanceof Number ? plain(value) : "\"" + value + "\"";
    }

    /** A value by itself, without quotes. */
    static String plain(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.3f", number) : value.toString();
    }
}
