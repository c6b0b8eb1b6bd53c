package io.mq.bench.peers.chart;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import io.mq.bench.peers.workload.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the lines that {@code mq bench peers --json} prints, as far as a chart needs it.
 *
 * @param nodes of the broker; older lines, which do not tell, are of one
 * @param value above zero
 * @param figure which of several the value is, such as p99
 */
record ResultLine(
        Workload workload,
        String broker,
        int nodes,
        String durability,
        String unit,
        double value,
        Optional<String> figure) {

    /**
     * Reads all lines; empty ones are passed over.
     *
     * @throws IOException naming the line that is none of a result, or where there is none at all
     */
    static List<ResultLine> parse(List<String> lines) throws IOException {
        List<ResultLine> results = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                results.add(parse(lines.get(i), i + 1));
            }
        }
        if (results.isEmpty()) {
            throw new IOException("there are no results; give the output of mq bench peers --json");
        }
        return results;
    }

    private static ResultLine parse(String line, int number) throws IOException {
        try {
            return of(object(line));
        } catch (JsonParseException e) {
            throw new IOException(
                    "line %d is no result: %s; give the output of mq bench peers --json"
                            .formatted(number, e.getMessage()),
                    e);
        }
    }

    private static JsonObject object(String line) {
        try {
            JsonElement json = JsonParser.parseString(line);
            if (json.isJsonObject()) {
                return json.getAsJsonObject();
            }
        } catch (JsonSyntaxException e) {
            // Told below, like JSON that is something else.
        }
        throw new JsonParseException("it is no JSON object");
    }

    private static ResultLine of(JsonObject json) {
        String label = text(json, "workload");
        Workload workload = Workload.find(label)
                .orElseThrow(() -> new JsonParseException("there is no workload '%s'".formatted(label)));
        return new ResultLine(
                workload,
                text(json, "broker"),
                nodes(json),
                text(json, "durability"),
                text(json, "unit"),
                value(json),
                json.has("figure") ? Optional.of(text(json, "figure")) : Optional.empty());
    }

    private static int nodes(JsonObject json) {
        if (!json.has("nodes")) {
            return 1;
        }
        try {
            return Integer.parseInt(text(json, "nodes"));
        } catch (NumberFormatException e) {
            throw new JsonParseException("'nodes' is %s and should be a whole number".formatted(json.get("nodes")), e);
        }
    }

    private static double value(JsonObject json) {
        try {
            double value = Double.parseDouble(text(json, "value"));
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that makes no bar.
        }
        throw new JsonParseException("'value' is %s and should be a number above 0".formatted(json.get("value")));
    }

    private static String text(JsonObject json, String name) {
        JsonElement value = json.get(name);
        if (value == null || !value.isJsonPrimitive()) {
            throw new JsonParseException("'%s' is missing".formatted(name));
        }
        return value.getAsString();
    }
}
