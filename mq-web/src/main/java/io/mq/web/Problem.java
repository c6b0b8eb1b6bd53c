package io.mq.web;

import io.mq.core.error.BrokerException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.util.Locale;
import java.util.Map;

/**
 * An error as a client reads it. Source: RFC 9457.
 *
 * @param type names the kind of problem for programs
 * @param title the same for every problem of this type
 * @param status the HTTP status
 * @param detail what was wrong, what was expected, what to do next
 * @param reason the last part of the type, as gRPC's ErrorInfo has it
 * @param metadata facts behind the detail
 */
public record Problem(
        String type, String title, int status, String detail, String reason, Map<String, String> metadata) {

    static final String MEDIA_TYPE = "application/problem+json";

    private static final String TYPE_PREFIX = "urn:mq:problem:";

    static Response of(BrokerException e) {
        int status = statusOf(e);
        ResponseBuilder response = response(status, e.reason().name(), e.getMessage(), e.metadata());
        e.retryAfter().ifPresent(delay -> response.header(HttpHeaders.RETRY_AFTER, Math.max(1, delay.toSeconds())));
        return response.build();
    }

    static ResponseBuilder response(int status, String reason, String detail, Map<String, String> metadata) {
        String title =
                reason.charAt(0) + reason.substring(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        return Response.status(status)
                .type(MEDIA_TYPE)
                .entity(new Problem(TYPE_PREFIX + reason, title, status, detail, reason, metadata));
    }

    private static int statusOf(BrokerException e) {
        return switch (e.reason()) {
            case MESSAGE_TOO_LARGE, HEADERS_TOO_LARGE -> 413;
            case DISK_FULL -> 507;
            default ->
                switch (e.reason().kind()) {
                    case NOT_FOUND -> 404;
                    case ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED -> 409;
                    case INVALID_ARGUMENT -> 400;
                    case OUT_OF_RANGE -> 416;
                    case RESOURCE_EXHAUSTED -> 429;
                    case UNAVAILABLE -> 503;
                    case OUTCOME_UNKNOWN -> 504;
                    case DATA_LOSS, INTERNAL -> 500;
                };
        };
    }
}
