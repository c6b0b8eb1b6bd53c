package io.mq.web;

import io.mq.core.config.DurationText;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/** Reads single fields of requests, and says which one is wrong. */
final class Fields {

    private Fields() {}

    static BrokerException invalid(String field, String rule) {
        return BrokerException.of(Reason.INVALID_FIELD, field + " " + rule, Map.of("field", field));
    }

    static <T> T required(String field, T value) {
        if (value == null) {
            throw invalid(field, "is missing");
        }
        return value;
    }

    static Duration duration(String field, String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid(field, "'%s' %s".formatted(text, e.getMessage()));
        }
    }

    static Instant time(String field, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw invalid(field, "'%s' is no time such as 2026-01-31T12:00:00Z".formatted(text));
        }
    }

    static int within(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw invalid(field, "must be %d to %d, found %d".formatted(min, max, value));
        }
        return value;
    }
}
