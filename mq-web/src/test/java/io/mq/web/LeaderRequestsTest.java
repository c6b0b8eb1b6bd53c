package io.mq.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mq.core.broker.ForwardedFigures;
import io.mq.core.cluster.KnownLeadership;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.web.LeaderRequests.Answer;
import io.mq.web.LeaderRequests.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that does not lead has the one that does answer; that one is an HTTP server here, which keeps what it is asked. */
class LeaderRequestsTest {

    private static final int TIMEOUT_SECONDS = 30;
    private static final byte[] NO_BODY = {};

    private final KnownLeadership leadership = new KnownLeadership();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ForwardedFigures figures = new ForwardedFigures();
    private final LeaderRequests requests = new LeaderRequests(leadership, "n7", figures, threads);
    private final CompletableFuture<Asked> asked = new CompletableFuture<>();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private HttpServer leader;

    private record Asked(String method, URI uri, Map<String, List<String>> headers, String body) {}

    @BeforeEach
    void startLeader() throws IOException {
        leader = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        leader.setExecutor(threads);
        leader.createContext("/", this::answer);
        leader.createContext("/late", exchange -> {
            keep(exchange);
            awaitMayAnswer();
            exchange.close();
        });
        leader.start();
        leads(leader.getAddress());
    }

    private void leads(InetSocketAddress http) {
        leadership.update(false, Optional.of(new NodeAddresses("n1", "", "127.0.0.1:" + http.getPort())));
    }

    private void answer(HttpExchange exchange) throws IOException {
        keep(exchange);
        exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
        exchange.getResponseHeaders().add("Retry-After", "3");
        exchange.getResponseHeaders().add("Mq-Key", "a");
        byte[] body = "{\"reason\":\"X\"}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(418, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void keep(HttpExchange exchange) throws IOException {
        asked.complete(new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                Map.copyOf(exchange.getRequestHeaders()),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    }

    private void awaitMayAnswer() {
        try {
            mayAnswer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        leader.stop(0);
        threads.shutdownNow();
    }

    private static <T> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static Request get(String target) {
        return new Request("GET", target, Map.of(), NO_BODY);
    }

    private static void assertRefused(Reason reason, String part, ThrowingCallable call) {
        assertThatThrownBy(call).cause().isInstanceOfSatisfying(BrokerException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e).hasMessageContaining(part);
        });
    }

    @Test
    void leaderIsAskedWhatTheNodeWasAsked() throws Exception {
        Request request = new Request(
                "PATCH",
                "/api/v1/topics/a%2Fb?x=%20y&z",
                Map.of("Accept", List.of("a/b"), "content-type", List.of("application/json")),
                "{}".getBytes(StandardCharsets.UTF_8));

        get(requests.send(request)).body().close();

        Asked there = get(asked);
        assertThat(there.method()).isEqualTo("PATCH");
        assertThat(there.uri()).hasToString("/api/v1/topics/a%2Fb?x=%20y&z");
        assertThat(there.body()).isEqualTo("{}");
        assertThat(there.headers())
                .contains(
                        entry("Accept", List.of("a/b")),
                        entry("Content-type", List.of("application/json")),
                        entry("Mq-forwarded-by", List.of("n7")));
    }

    @Test
    void answerComesBackAsItIs() throws Exception {
        Answer answer = get(requests.send(get("/x")));

        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.body()).hasContent("{\"reason\":\"X\"}");
        assertThat(answer.headers())
                .hasEntrySatisfying("retry-after", values -> assertThat(values).containsExactly("3"));
        assertThat(answer.headers())
                .containsEntry("content-type", List.of("application/problem+json"))
                .containsEntry("mq-key", List.of("a"))
                .doesNotContainKeys("content-length", "transfer-encoding", "connection");
    }

    @Test
    void whatIsSentOnIsCounted() throws Exception {
        get(requests.send(new Request("POST", "/x", Map.of(), new byte[100])))
                .body()
                .close();

        assertThat(figures.calls()).isEqualTo(1);
        assertThat(figures.bytes()).isEqualTo(100 + "{\"reason\":\"X\"}".length());
    }

    @Test
    void headersOfTheConnectionStayThere() throws Exception {
        get(requests.send(new Request(
                        "GET",
                        "/x",
                        Map.of(
                                "Host", List.of("elsewhere"),
                                "Connection", List.of("keep-alive, X-Mine"),
                                "X-Mine", List.of("1"),
                                "X-Other", List.of("2")),
                        NO_BODY)))
                .body()
                .close();

        assertThat(get(asked).headers())
                .doesNotContainKey("X-mine")
                .containsEntry("X-other", List.of("2"))
                .containsEntry(
                        "Host", List.of("127.0.0.1:" + leader.getAddress().getPort()));
    }

    @Test
    void requestThatWasSentOnIsNotSentOnAgain() {
        Request request = new Request("GET", "/x", Map.of("mq-forwarded-by", List.of("n3")), NO_BODY);

        assertRefused(Reason.NOT_LEADER, "'n3'", () -> get(requests.send(request)));
        assertThat(asked).isNotDone();
    }

    @Test
    void requestIsRefusedWhereNobodyLeads() {
        leadership.update(false, Optional.empty());

        assertRefused(Reason.NOT_LEADER, "no node leads", () -> get(requests.send(get("/x"))));
    }

    @Test
    void leaderThatCannotBeReachedIsNamed() {
        leader.stop(0);

        assertRefused(
                Reason.NOT_LEADER,
                "'n1'",
                () -> get(requests.send(new Request("POST", "/x", Map.of(), new byte[] {1}))));
    }

    @Test
    void requestsToANodeThatLeadsNoMoreAreGivenUp() throws Exception {
        CompletableFuture<Answer> read = requests.send(get("/late"));
        CompletableFuture<Answer> write = requests.send(new Request("PUT", "/late", Map.of(), new byte[] {1}));
        get(asked);

        leadership.update(false, Optional.empty());

        assertRefused(Reason.NOT_LEADER, "leads no longer", () -> get(read));
        assertRefused(Reason.OUTCOME_UNKNOWN, "not known", () -> get(write));
    }

    @Test
    void thoseThatAskForMoreThanIsBoundedAreRefusedAndTheNextAreNot() throws Exception {
        List<CompletableFuture<Answer>> open = new CopyOnWriteArrayList<>();
        CompletableFuture<Answer> refused = requests.send(get("/late"));
        while (!refused.isCompletedExceptionally()) {
            open.add(refused);
            refused = requests.send(get("/late"));
        }
        CompletableFuture<Answer> last = refused;
        assertRefused(Reason.BROKER_BUSY, "wait for the leader", () -> get(last));

        leadership.update(false, Optional.empty());
        open.forEach(request -> assertThatThrownBy(() -> get(request)).isNotNull());
        leads(leader.getAddress());

        assertThat(get(requests.send(get("/x"))).status()).isEqualTo(418);
    }
}
