package io.mq.bench.option;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How a result is printed: a table for people, a line for machines. */
public final class OutputMixin {

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

    /** @param figures by name, in their order; numbers or texts without a quote */
    public void print(Map<String, Object> figures, PrintStream out) {
        if (isJsonWanted) {
            out.println(figures.entrySet().stream()
                    .map(figure -> "\"%s\": %s".formatted(figure.getKey(), json(figure.getValue())))
                    .collect(Collectors.joining(", ", "{", "}")));
        } else if (isCsvWanted) {
            out.println(String.join(",", figures.keySet()));
            out.println(figures.values().stream().map(OutputMixin::plain).collect(Collectors.joining(",")));
        } else {
            figures.forEach((name, value) -> out.printf("%-24s %16s%n", name, people(value)));
        }
    }

    private static String json(Object value) {
        return value instanceof Number ? plain(value) : "\"" + value + "\"";
    }

    private static String plain(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.3f", number) : value.toString();
    }

    private static String people(Object value) {
        if (value instanceof Double number) {
            return "%,.3f".formatted(number);
        }
        return value instanceof Long number ? "%,d".formatted(number) : value.toString();
    }
}
