package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST interface, from outside, on one server with small limits. */
class RestIT {

    private static final int MESSAGE_BYTES_MAX = 100_000;

    @TempDir
    private static Path directory;

    private static ServerProcess server;
    private static RestClient rest;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(ServerOptions.in(directory)
                .with("mq.limits.message-bytes-max", Integer.toString(MESSAGE_BYTES_MAX))
                .with("mq.limits.topic-partitions-max", "16"));
        rest = new RestClient(server.httpUrl());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aTopicIsCreatedOnceAndDescribed() throws Exception {
        String request = "{\"name\": \"orders\", \"partitions\": 3, \"config\": "
                + "{\"retention\": \"7d\", \"retentionBytes\": 0, \"validateCompressed\": true}}";

        HttpResponse<String> created = rest.json("POST", "/api/v1/topics", request);
        HttpResponse<String> again = rest.json("POST", "/api/v1/topics", request);
        HttpResponse<String> other = rest.json("POST", "/api/v1/topics", "{\"name\": \"orders\", \"partitions\": 4}");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location")).hasValue(server.httpUrl() + "/api/v1/topics/orders");
        assertThat(again.statusCode()).isEqualTo(200);
        assertProblem(other, 409, "TOPIC_EXISTS", "AlterTopic");
        JsonObject described = json(rest.get("/api/v1/topics/orders"));
        assertThat(described.getJsonArray("partitions")).hasSize(3);
        assertThat(described.getJsonObject("config").getString("retention")).isEqualTo("7d");
        assertThat(described.getJsonObject("config").getInt("retentionBytes")).isZero();
        assertThat(described.getJsonObject("config").getBoolean("validateCompressed"))
                .isTrue();
    }

    @Test
    void aTopicIsAlteredAndDeleted() throws Exception {
        create("altered", 1);

        HttpResponse<String> grown = rest.json(
                "PATCH",
                "/api/v1/topics/altered",
                "{\"partitions\": 4, \"config\": {\"retention\": \"forever\", \"validateCompressed\": false}}");
        HttpResponse<String> shrunk = rest.json("PATCH", "/api/v1/topics/altered", "{\"partitions\": 2}");

        assertThat(json(grown).getJsonArray("partitions")).hasSize(4);
        assertThat(json(grown).getJsonObject("config").getString("retention")).isEqualTo("forever");
        assertThat(json(grown).getJsonObject("config").getBoolean("validateCompressed"))
                .isFalse();
        assertProblem(shrunk, 400, "INVALID_FIELD", "not reduced");
        assertThat(rest.delete("/api/v1/topics/altered").statusCode()).isEqualTo(204);
        assertProblem(rest.get("/api/v1/topics/altered"), 404, "TOPIC_NOT_FOUND", "does not exist");
        assertProblem(rest.delete("/api/v1/topics/altered"), 404, "TOPIC_NOT_FOUND", "does not exist");
    }

    @Test
    void topicsAreListedInPages() throws Exception {
        for (String name : new String[] {"page-a", "page-b", "page-c"}) {
            create(name, 1);
        }

        JsonObject first = json(rest.get("/api/v1/topics?prefix=page-&pageSize=2"));
        JsonObject second =
                json(rest.get("/api/v1/topics?prefix=page-&pageSize=2&pageToken=" + first.getString("nextPageToken")));

        assertThat(first.getJsonArray("topics")).hasSize(2);
        assertThat(second.getJsonArray("topics")).hasSize(1);
        assertThat(second.getJsonArray("topics").getJsonObject(0).getString("name"))
                .isEqualTo("page-c");
        assertThat(second).doesNotContainKey("nextPageToken");
    }

    @Test
    void textIsPublishedAndReadAsText() throws Exception {
        create("text", 1);

        HttpResponse<String> published = rest.json(
                "POST",
                "/api/v1/topics/text/messages",
                "{\"encoding\": \"utf8\", \"key\": \"schlüssel\", \"payload\": \"grüße 🌍\", \"headers\": {\"a\": \"ä\"}}");

        assertThat(published.statusCode()).isEqualTo(201);
        assertThat(json(published).getString("durability")).isEqualTo("FSYNCED");
        JsonObject message = json(rest.get("/api/v1/topics/text/partitions/0/messages?encoding=utf8"))
                .getJsonArray("messages")
                .getJsonObject(0);
        assertThat(message.getString("payload")).isEqualTo("grüße 🌍");
        assertThat(message.getString("key")).isEqualTo("schlüssel");
        assertThat(message.getJsonObject("headers").getString("a")).isEqualTo("ä");
        assertThat(message.getString("messageId")).isEqualTo(json(published).getString("messageId"));
        assertThat(message.getString("timestamp")).isEqualTo(json(published).getString("timestamp"));
    }

    @Test
    void bytesArePublishedAndReadAsTheyAre() throws Exception {
        create("bytes", 1);
        byte[] payload = new byte[MESSAGE_BYTES_MAX - 100];
        new Random(1).nextBytes(payload);
        String header = URLEncoder.encode("größe", StandardCharsets.UTF_8);

        HttpResponse<String> published =
                rest.post("/api/v1/topics/bytes/messages?key=k&header." + header + "=x", "application/pdf", payload);

        assertThat(published.statusCode()).isEqualTo(201);
        HttpResponse<byte[]> raw = rest.getBytes("/api/v1/topics/bytes/partitions/0/messages/0");
        assertThat(raw.body()).isEqualTo(payload);
        assertThat(raw.headers().firstValue("Mq-Offset")).hasValue("0");
        assertThat(raw.headers().firstValue("Mq-Key"))
                .hasValue(Base64.getEncoder().encodeToString("k".getBytes(StandardCharsets.UTF_8)));
        assertThat(raw.headers().firstValue("Mq-Headers")).hasValue(header + "=x");
    }

    @Test
    void anEmptyBodyIsAnEmptyMessage() throws Exception {
        create("empty", 1);

        assertThat(rest.post("/api/v1/topics/empty/messages", "application/octet-stream", new byte[0])
                        .statusCode())
                .isEqualTo(201);
        assertThat(rest.getBytes("/api/v1/topics/empty/partitions/0/messages/0").body())
                .isEmpty();
    }

    @Test
    void aMessageAndABodyBeyondTheLimitAreRefused() throws Exception {
        create("large", 1);

        HttpResponse<String> message =
                rest.post("/api/v1/topics/large/messages", "text/plain", new byte[MESSAGE_BYTES_MAX + 1]);
        HttpResponse<String> body = rest.post("/api/v1/topics/large/messages", "text/plain", new byte[3 << 20]);
        HttpResponse<String> json =
                rest.json("POST", "/api/v1/topics/large/messages", "{\"payload\": \"" + "A".repeat(3 << 20) + "\"}");

        assertProblem(message, 413, "MESSAGE_TOO_LARGE", "mq.limits.message-bytes-max");
        assertProblem(body, 413, "MESSAGE_TOO_LARGE", "the body has more than");
        assertProblem(json, 413, "MESSAGE_TOO_LARGE", "the body has more than");
        assertThat(json(rest.get("/api/v1/topics/large")).getInt("messages")).isZero();
    }

    @Test
    void badRequestsNameTheirFieldAndChangeNothing() throws Exception {
        create("bad", 1);
        String messages = "/api/v1/topics/bad/messages";

        assertProblem(rest.json("POST", "/api/v1/topics", "{\"name\": \"no spaces\"}"), 400, "INVALID_NAME", "A-Z");
        assertProblem(rest.json("POST", "/api/v1/topics", "{}"), 400, "INVALID_FIELD", "name is missing");
        assertProblem(rest.json("POST", "/api/v1/topics", "{\"name\":"), 400, "INVALID_FIELD", "JSON");
        assertProblem(rest.json("POST", "/api/v1/topics", "[]"), 400, "INVALID_FIELD", "JSON");
        assertProblem(rest.json("POST", "/api/v1/topics", ""), 400, "INVALID_FIELD", "");
        assertProblem(
                rest.json("POST", "/api/v1/topics", "{\"name\": \"x\", \"config\": {\"retention\": \"soon\"}}"),
                400,
                "INVALID_FIELD",
                "config.retention");
        assertProblem(
                rest.json("POST", "/api/v1/topics", "{\"name\": \"x\", \"config\": {\"validateCompressed\": []}}"),
                400,
                "INVALID_FIELD",
                "JSON");
        assertProblem(rest.json("POST", messages, "{\"payload\": \"no base64!\"}"), 400, "INVALID_FIELD", "payload");
        assertProblem(rest.json("POST", messages, "{\"encoding\": \"latin1\"}"), 400, "INVALID_FIELD", "encoding");
        assertProblem(rest.json("POST", messages, "{\"durability\": \"MAYBE\"}"), 400, "INVALID_FIELD", "durability");
        assertProblem(
                rest.json("POST", messages, "{\"durability\": \"REPLICATED\"}"),
                409,
                "DURABILITY_NOT_AVAILABLE",
                "FSYNCED");
        assertProblem(rest.json("POST", messages, "{\"partition\": 7}"), 404, "PARTITION_NOT_FOUND", "partitions 0");
        assertThat(json(rest.get("/api/v1/topics/bad")).getInt("messages")).isZero();
    }

    @Test
    void pathsMethodsAndMediaTypesThatDoNotExistAreProblemsToo() throws Exception {
        assertProblem(rest.get("/api/v1/nothing"), 404, "NOT_FOUND", "/openapi");
        assertProblem(rest.delete("/api/v1/node"), 405, "METHOD_NOT_ALLOWED", "/openapi");
        assertProblem(
                rest.post("/api/v1/topics", "text/plain", new byte[0]), 415, "UNSUPPORTED_MEDIA_TYPE", "/openapi");
    }

    @Test
    void readingOutsideTheLogTellsBothEnds() throws Exception {
        create("ends", 1);
        rest.json("POST", "/api/v1/topics/ends/messages", "{}");

        HttpResponse<String> response = rest.get("/api/v1/topics/ends/partitions/0/messages?offset=5");

        assertProblem(response, 416, "OFFSET_OUT_OF_RANGE", "0 to 1");
        assertThat(json(response).getJsonObject("metadata").getString("start")).isEqualTo("0");
        assertThat(json(response).getJsonObject("metadata").getString("end")).isEqualTo("1");
        assertProblem(
                rest.get("/api/v1/topics/ends/partitions/0/messages/1"), 416, "OFFSET_OUT_OF_RANGE", "offsets 0 to 0");
    }

    @Test
    void aFetchWaitsForTheFirstMessage() throws Exception {
        create("wait", 1);
        Thread publisher = new Thread(() -> publishQuietly("wait"));
        publisher.start();

        HttpResponse<String> fetched = rest.get("/api/v1/topics/wait/partitions/0/messages?offset=0&wait=20s");

        publisher.join();
        assertThat(json(fetched).getJsonArray("messages")).hasSize(1);
    }

    private static void publishQuietly(String topic) {
        try {
            rest.json("POST", "/api/v1/topics/" + topic + "/messages", "{}");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aGroupCommitsAndIsDescribedAndForgotten() throws Exception {
        create("grouped", 2);
        for (int i = 0; i < 3; i++) {
            rest.json("POST", "/api/v1/topics/grouped/messages", "{\"partition\": 1}");
        }

        HttpResponse<String> committed = rest.json(
                "PUT",
                "/api/v1/groups/billing/offsets",
                "{\"topic\": \"grouped\", \"partition\": 1, \"offset\": 2, \"metadata\": \"step 1\"}");
        HttpResponse<String> tooFar = rest.json(
                "PUT", "/api/v1/groups/billing/offsets", "{\"topic\": \"grouped\", \"partition\": 1, \"offset\": 4}");
        HttpResponse<String> missing =
                rest.json("PUT", "/api/v1/groups/billing/offsets", "{\"topic\": \"grouped\", \"partition\": 1}");

        assertThat(json(committed).getInt("committedOffset")).isEqualTo(2);
        assertProblem(tooFar, 416, "OFFSET_OUT_OF_RANGE", "offsets 0 to 3");
        assertProblem(missing, 400, "INVALID_FIELD", "offset is missing");
        assertThat(json(rest.get("/api/v1/groups")).getJsonArray("groups").toString())
                .contains("billing");
        JsonObject group = json(rest.get("/api/v1/groups/billing"));
        assertThat(group.getInt("lag")).isEqualTo(1);
        JsonObject partition = json(rest.get("/api/v1/groups/billing/offsets?topic=grouped"))
                .getJsonArray("partitions")
                .getJsonObject(1);
        assertThat(partition.getInt("committedOffset")).isEqualTo(2);
        assertThat(partition.getString("metadata")).isEqualTo("step 1");
        assertThat(rest.delete("/api/v1/groups/billing").statusCode()).isEqualTo(204);
        assertProblem(rest.get("/api/v1/groups/billing"), 404, "GROUP_NOT_FOUND", "committed nothing");
    }

    @Test
    void aGroupIsMovedToAnotherOffset() throws Exception {
        create("sought", 1);
        for (int i = 0; i < 3; i++) {
            rest.json("POST", "/api/v1/topics/sought/messages", "{}");
        }
        rest.json("PUT", "/api/v1/groups/replay/offsets", "{\"topic\": \"sought\", \"offset\": 3}");
        String url = "/api/v1/groups/replay/seek";

        HttpResponse<String> tried =
                rest.json("POST", url, "{\"topic\": \"sought\", \"to\": \"earliest\", \"dryRun\": true}");
        HttpResponse<String> moved = rest.json("POST", url, "{\"topic\": \"sought\", \"offset\": 1}");
        HttpResponse<String> byTime =
                rest.json("POST", url, "{\"topic\": \"sought\", \"time\": \"2000-01-01T00:00:00Z\"}");

        assertThat(tried.body()).isEqualTo("{\"partitions\":[{\"offset\":0,\"offsetBefore\":3,\"partition\":0}]}");
        assertThat(moved.body()).isEqualTo("{\"partitions\":[{\"offset\":1,\"offsetBefore\":3,\"partition\":0}]}");
        assertThat(byTime.body()).isEqualTo("{\"partitions\":[{\"offset\":0,\"offsetBefore\":1,\"partition\":0}]}");
        assertProblem(
                rest.json("POST", url, "{\"topic\": \"sought\"}"),
                400,
                "INVALID_FIELD",
                "to or offset or time must be there");
        assertProblem(
                rest.json("POST", url, "{\"topic\": \"sought\", \"to\": \"somewhere\"}"),
                400,
                "INVALID_FIELD",
                "found 'somewhere'");
        assertProblem(
                rest.json("POST", url, "{\"topic\": \"sought\", \"time\": \"yesterday\"}"),
                400,
                "INVALID_FIELD",
                "2026-01-31T12:00:00Z");
    }

    @Test
    void deadLettersGoToATopicOfTheirOwn() throws Exception {
        create("work", 1);

        HttpResponse<String> published = rest.json("POST", "/api/v1/topics/work/messages", "{\"deadLetter\": true}");

        assertThat(json(published).getString("topic")).isEqualTo("work.dlq");
        assertThat(json(rest.get("/api/v1/topics/work.dlq")).getInt("messages")).isEqualTo(1);
    }

    @Test
    void metricsAreThereForPrometheusAndForOneTopic() throws Exception {
        create("measured", 1);
        rest.json("POST", "/api/v1/topics/measured/messages", "{}");

        HttpResponse<String> all = rest.get("/metrics");
        HttpResponse<String> one = rest.get("/metrics/topic/measured");

        assertThat(all.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(all.body())
                .contains(
                        "mq_topic_published_messages_total{topic=\"measured\"} 1.0",
                        "mq_topic_messages{topic=\"measured\"} 1.0",
                        "mq_publish_seconds_count",
                        "mq_checkpoint_age_seconds",
                        "jvm_memory_used_bytes");
        assertThat(json(one).getInt("publishedMessages")).isEqualTo(1);
        assertProblem(rest.get("/metrics/topic/unknown"), 404, "TOPIC_NOT_FOUND", "unknown");
    }

    @Test
    void theNodeSaysWhoItIsAndHowItIs() throws Exception {
        JsonObject node = json(rest.get("/api/v1/node"));

        assertThat(node.getString("nodeId")).startsWith("node-");
        assertThat(node.getString("version")).isNotBlank();
        assertThat(node.getJsonObject("health").getBoolean("ready")).isTrue();
        assertThat(rest.get("/api/v1/health").statusCode()).isEqualTo(200);
        assertThat(rest.get("/").body()).contains("<title>mq</title>");
    }

    @Test
    void everyResourceIsInOpenApi() throws Exception {
        String openApi = rest.get("/openapi").body();

        assertThat(openApi)
                .contains(
                        "/api/v1/topics:",
                        "/api/v1/topics/{topic}:",
                        "/api/v1/topics/{topic}/messages:",
                        "/api/v1/topics/{topic}/partitions/{partition}/messages:",
                        "/api/v1/groups/{group}/offsets:",
                        "/api/v1/groups/{group}/seek:",
                        "/api/v1/node:",
                        "/metrics:",
                        "/metrics/topic/{name}:",
                        "validateCompressed:");
    }

    private static void create(String name, int partitions) throws Exception {
        HttpResponse<String> created = rest.json(
                "POST", "/api/v1/topics", "{\"name\": \"%s\", \"partitions\": %d}".formatted(name, partitions));
        assertThat(created.statusCode()).isEqualTo(201);
    }

    private static void assertProblem(HttpResponse<String> response, int status, String reason, String detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonObject problem = json(response);
        assertThat(problem.getInt("status")).isEqualTo(status);
        assertThat(problem.getString("reason")).isEqualTo(reason);
        assertThat(problem.getString("type")).isEqualTo("urn:mq:problem:" + reason);
        assertThat(problem.getString("detail")).contains(detail);
    }

    private static JsonObject json(HttpResponse<String> response) {
        try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }
}
