package io.mq.web;

import io.mq.core.broker.ForwardedFigures;
import io.mq.core.cluster.Leadership;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Failures;
import io.mq.core.error.Reason;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sends requests on to the node that leads. What it answers comes back as it is, its body as it is read.
 *
 * <p>Safe for use by any thread.
 */
final class LeaderRequests {

    /** Says that a request comes from another node, and from which. */
    static final String FORWARDED_BY = "Mq-Forwarded-By";

    /** Each may hold a body of the largest message. */
    private static final int REQUESTS_MAX = 256;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** Longer than any request waits for a message by itself. */
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    /** Those that belong to one connection, and those that the client here makes anew. Source: RFC 9110, 7.6.1. */
    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "content-length",
            "expect");

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final Leadership leadership;
    private final String nodeId;
    private final ForwardedFigures figures;
    private final HttpClient client;
    private final Semaphore room = new Semaphore(REQUESTS_MAX);

    /** On their way, and to whom. */
    private final Map<CompletableFuture<?>, NodeAddresses> open = new ConcurrentHashMap<>();

    /**
     * A request as it came.
     *
     * @param target path and query, as they were encoded
     */
    record Request(String method, String target, Map<String, List<String>> headers, byte[] body) {}

    /** What the leader answered, without what belongs to the connection to it. */
    record Answer(NodeAddresses leader, int status, Map<String, List<String>> headers, InputStream body) {}

    LeaderRequests(Leadership leadership, String nodeId, ForwardedFigures figures, Executor executor) {
        this.leadership = leadership;
        this.figures = figures;
        this.nodeId = nodeId;
        this.client = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(executor)
                .build();
        leadership.onChange(this::giveUpThoseToOthers);
    }

    /** Fails with a {@link BrokerException} where there is no answer; its reason says whether anything was stored. */
    CompletableFuture<Answer> send(Request request) {
        Optional<String> from = first(request.headers(), FORWARDED_BY);
        if (from.isPresent()) {
            return CompletableFuture.failedFuture(BrokerException.notLeading(
                    "this node does not lead, or not yet, and node '%s' took it for the leader; ask again"
                            .formatted(from.get())));
        }
        Optional<NodeAddresses> leader = leadership.otherLeader();
        if (leader.isEmpty()) {
            return CompletableFuture.failedFuture(
                    BrokerException.notLeading(
                            "no node leads at the moment: fewer than a majority of the cluster are there, or they are voting; ask again"));
        }
        if (!room.tryAcquire()) {
            return CompletableFuture.failedFuture(BrokerException.of(
                            Reason.BROKER_BUSY,
                            "%d requests wait for the leader already; ask again later".formatted(REQUESTS_MAX))
                    .retryAfter(BUSY_RETRY));
        }
        return send(request, leader.get());
    }

    private CompletableFuture<Answer> send(Request request, NodeAddresses leader) {
        CompletableFuture<HttpResponse<InputStream>> sent;
        try {
            sent = client.sendAsync(onward(request, leader), BodyHandlers.ofInputStream());
        } catch (RuntimeException e) {
            room.release();
            throw e;
        }
        open.put(sent, leader);
        // It may have changed before this was there to be given up.
        giveUpThoseToOthers();
        return sent.handle((response, failure) -> {
            open.remove(sent);
            room.release();
            if (failure != null) {
                throw refusal(request, leader, failure);
            }
            figures.call();
            figures.bytes(request.body().length
                    + response.headers().firstValueAsLong("content-length").orElse(0));
            return new Answer(
                    leader, response.statusCode(), passedOn(response.headers().map()), response.body());
        });
    }

    private HttpRequest onward(Request request, NodeAddresses leader) {
        HttpRequest.Builder onward = HttpRequest.newBuilder(URI.create("http://" + leader.http() + request.target()))
                .timeout(TIMEOUT)
                .method(
                        request.method(),
                        request.body().length == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(request.body()));
        passedOn(request.headers()).forEach((name, values) -> values.forEach(value -> onward.header(name, value)));
        return onward.setHeader(FORWARDED_BY, nodeId).build();
    }

    private static Map<String, List<String>> passedOn(Map<String, List<String>> headers) {
        Set<String> named = all(headers, "connection")
                .flatMap(value -> Stream.of(value.split(",")))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return headers.entrySet().stream()
                .filter(header -> {
                    String name = header.getKey().toLowerCase(Locale.ROOT);
                    return !name.startsWith(":") && !OF_ONE_CONNECTION.contains(name) && !named.contains(name);
                })
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Stream<String> all(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .flatMap(header -> header.getValue().stream());
    }

    private static Optional<String> first(Map<String, List<String>> headers, String name) {
        return all(headers, name).findFirst();
    }

    private static BrokerException refusal(Request request, NodeAddresses leader, Throwable failure) {
        Throwable cause = Failures.cause(failure);
        boolean hasChangedNothing = cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || SAFE_METHODS.contains(request.method());
        return hasChangedNothing
                ? BrokerException.notLeading(
                        "the leader, node '%s' at %s, cannot be reached from this node, or leads no longer; ask again, or another node: %s"
                                .formatted(leader.nodeId(), leader.http(), cause))
                : BrokerException.of(
                        Reason.OUTCOME_UNKNOWN,
                        "node '%s' at %s has not answered, and what has become of the request there is not known: %s"
                                .formatted(leader.nodeId(), leader.http(), cause));
    }

    private void giveUpThoseToOthers() {
        Optional<NodeAddresses> leader = leadership.otherLeader();
        open.forEach((sent, to) -> {
            if (!leader.equals(Optional.of(to))) {
                sent.cancel(true);
            }
        });
    }
}
