package io.mq.bench.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * What a server says of itself at one moment.
 *
 * @param text in Prometheus's format: lines of {@code name{labels} value}
 */
record MetricsPage(String text) {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int OK = 200;

    /** @param httpUrl {@code http://host:port} of the server */
    static MetricsPage read(String httpUrl) throws IOException {
        URI uri = URI.create(httpUrl + "/metrics");
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString());
            if (answer.statusCode() != OK) {
                throw new IOException("%s answers %d instead of %d".formatted(uri, answer.statusCode(), OK));
            }
            return new MetricsPage(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading " + uri, e);
        }
    }

    /**
     * All series of this name with this label, together.
     *
     * @param label as it is written, {@code area="heap"}; empty for all
     */
    OptionalDouble sum(String name, String label) {
        double[] values = text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toArray();
        return values.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Arrays.stream(values).sum());
    }
}
