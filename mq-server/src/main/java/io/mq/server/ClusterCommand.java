package io.mq.server;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The command that looks at a running cluster and changes it, by the REST API of one of its nodes. */
@Command(
        name = "cluster",
        description = "Looks at a running cluster, or changes it, through any of its nodes.",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Exit status: 0 done, 1 refused or failed, 2 bad option."},
        customSynopsis = "mq cluster [--url=URL] [--json] COMMAND",
        sortOptions = false)
final class ClusterCommand {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Longer than the longest operation waits for the nodes. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private static final int OK = 200;

    /** Of problem+json, which is all that is wanted of it. */
    private static final Pattern DETAIL = Pattern.compile("\"detail\":\"((?:[^\"\\\\]|\\\\.)*)\"");

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "A node's REST address. Default: http://127.0.0.1:8080.")
    private String url = "http://127.0.0.1:8080";

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON instead of a table.")
    private boolean isJsonWanted;

    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Command(name = "describe", description = "Show nodes, their disks and problems, leaders, replicas and their lag.")
    int describe() throws InterruptedException {
        return call("GET", "", "");
    }

    @Command(
            name = "drain",
            description = "Have a node lead nothing, so that it can be stopped, until it is resumed or started again.")
    int drain(@Parameters(paramLabel = "NODE") String node) throws InterruptedException {
        return call("POST", "/nodes/%s/drain".formatted(encoded(node)), "");
    }

    @Command(name = "resume", description = "Let a drained node lead again.")
    int resume(@Parameters(paramLabel = "NODE") String node) throws InterruptedException {
        return call("POST", "/nodes/%s/resume".formatted(encoded(node)), "");
    }

    @Command(name = "remove", description = "Take a node out of the cluster for good, whether it is there or lost.")
    int remove(@Parameters(paramLabel = "NODE") String node) throws InterruptedException {
        return call("DELETE", "/nodes/%s".formatted(encoded(node)), "");
    }

    @Command(name = "transfer", description = "Have a node lead a shard.")
    int transfer(@Parameters(paramLabel = "SHARD") String shard, @Parameters(paramLabel = "NODE") String node)
            throws InterruptedException {
        String body = "{\"nodeId\":\"%s\"}".formatted(node.replace("\\", "\\\\").replace("\"", "\\\""));
        return call("PUT", "/shards/%s/leader".formatted(encoded(shard)), body);
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private int call(String method, String path, String body) throws InterruptedException {
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create(url + "/api/v1/cluster" + path))
                                    .timeout(ANSWER_TIMEOUT)
                                    .header("Accept", isJsonWanted ? "application/json" : "text/plain")
                                    .header("Content-Type", "application/json")
                                    .method(
                                            method,
                                            body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString());
            if (answer.statusCode() == OK) {
                System.out.print(answer.body().endsWith("\n") ? answer.body() : answer.body() + "\n");
                return 0;
            }
            return failed(detail(answer));
        } catch (IOException e) {
            return failed("%s does not answer (%s); --url names a node that does"
                    .formatted(url, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        } catch (IllegalArgumentException e) {
            System.err.println("mq: --url %s is no address such as http://127.0.0.1:8080".formatted(url));
            return 2;
        }
    }

    private static String detail(HttpResponse<String> answer) {
        Matcher detail = DETAIL.matcher(answer.body());
        return detail.find()
                ? detail.group(1).replaceAll("\\\\(.)", "$1")
                : "the node answers %d: %s".formatted(answer.statusCode(), answer.body());
    }

    private static int failed(String text) {
        System.err.println("mq: " + text);
        return 1;
    }
}
