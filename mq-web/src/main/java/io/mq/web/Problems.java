package io.mq.web;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status.Family;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The one place that turns errors into answers. */
final class Problems {

    private static final Logger LOG = System.getLogger(Problems.class.getName());

    private static final int BAD_REQUEST = 400;

    /** What JAX-RS answers where a parameter of a path or query is no number. */
    private static final int NOT_FOUND = 404;

    private Problems() {}

    /** What the broker refused. */
    @Provider
    public static final class Refusals implements ExceptionMapper<BrokerException> {

        @Override
        public Response toResponse(BrokerException e) {
            return Problem.of(e);
        }
    }

    /** What JAX-RS refused: unknown paths, methods, media types. */
    @Provider
    public static final class HttpErrors implements ExceptionMapper<WebApplicationException> {

        @Override
        public Response toResponse(WebApplicationException e) {
            Optional<BrokerException> refusal = refusalIn(e);
            if (refusal.isPresent()) {
                return Problem.of(refusal.get());
            }
            Response.StatusType status = e.getResponse().getStatusInfo();
            if (status.getFamily() == Family.SUCCESSFUL || status.getFamily() == Family.REDIRECTION) {
                return e.getResponse();
            }
            boolean isUnreadable = e.getCause() instanceof IllegalArgumentException;
            if (status.getStatusCode() == NOT_FOUND && isUnreadable) {
                return Problem.of(BrokerException.of(
                        Reason.INVALID_FIELD, "a parameter cannot be read: %s; see /openapi".formatted(causeText(e))));
            }
            if (status.getStatusCode() == BAD_REQUEST) {
                return unreadableBody(e);
            }
            return Problem.response(
                            status.getStatusCode(),
                            status.getReasonPhrase().toUpperCase(Locale.ROOT).replace(' ', '_'),
                            e.getMessage() + "; /openapi lists what there is",
                            Map.of())
                    .build();
        }
    }

    /** Bodies that are no JSON of the right form, and what nobody expected. */
    @Provider
    public static final class Everything implements ExceptionMapper<Throwable> {

        @Override
        public Response toResponse(Throwable e) {
            Optional<BrokerException> refusal = refusalIn(e);
            if (refusal.isPresent()) {
                return Problem.of(refusal.get());
            }
            if (e instanceof ProcessingException) {
                return unreadableBody(e);
            }
            LOG.log(Level.ERROR, "A request failed in a way that nobody expected", e);
            return Problem.of(BrokerException.of(Reason.INTERNAL, "internal error: " + e));
        }
    }

    private static Response unreadableBody(Throwable e) {
        return Problem.of(BrokerException.of(
                Reason.INVALID_FIELD,
                "the body is not the JSON that is expected here: %s; see /openapi".formatted(causeText(e)),
                Map.of("field", "body")));
    }

    /** A refusal may have come up through a JSON parser or a future, which wrap it. */
    private static Optional<BrokerException> refusalIn(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BrokerException refusal) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }

    private static String causeText(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
