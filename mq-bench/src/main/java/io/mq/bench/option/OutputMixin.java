package io.mq.bench.option;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How a result is printed: a table for people, a line for machines. */
public final class OutputMixin {

    /** The width of a table's first column, unless a name is longer. */
    private static final int NAME_CHARS = 24;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean isJsonWanted;

    @Option(names = "--csv", description = "Print a line of names and a line of values.")
    private boolean isCsvWanted;

    public boolean isForPeople() {
        return !isJsonWanted && !isCsvWanted;
    }

    /** Takes what is worth telling while a run goes on; machines are told nothing but the result. */
    public Consumer<String> progress(PrintStream out) {
        return isForPeople() ? out::println : line -> {};
    }

    /**
     * @param figures by name, in their order; numbers, texts without a quote, or figures again: objects in JSON, names
     *     with a point elsewhere
     */
    public void print(Map<String, Object> figures, PrintStream out) {
        if (isJsonWanted) {
            out.println(Json.of(figures));
            return;
        }
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", figures, flat);
        if (isCsvWanted) {
            out.println(String.join(",", flat.keySet()));
            out.println(flat.values().stream().map(Json::plain).collect(Collectors.joining(",")));
        } else {
            int width = Math.max(
                    NAME_CHARS,
                    flat.keySet().stream().mapToInt(String::length).max().orElse(0));
            flat.forEach((name, value) -> out.printf("%-" + width + "s %16s%n", name, people(value)));
        }
    }

    private static void flatten(String prefix, Map<?, ?> figures, Map<String, Object> flat) {
        figures.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + name + ".", inner, flat);
            } else {
                flat.put(prefix + name, value);
            }
        });
    }

    private static String people(Object value) {
        if (value instanceof Double number) {
            return "%,.3f".formatted(number);
        }
        return value instanceof Long number ? "%,d".formatted(number) : value.toString();
    }
}
