package io.mq.client;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list, in the order of names.
 *
 * @param nextToken to ask for the next page with; empty after the last
 */
public record Page<T>(List<T> items, Optional<String> nextToken) {

    static <T> Page<T> of(List<T> items, String nextToken) {
        return new Page<>(items, nextToken.isEmpty() ? Optional.empty() : Optional.of(nextToken));
    }
}
