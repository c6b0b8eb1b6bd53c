package io.mq.core.broker;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One page of a listing in the order of names. Its token is the last name on it, so the listing never skips nor repeats
 * what is there all the time, whatever comes and goes between two pages.
 *
 * @param nextToken what to ask the next page with; empty on the last one
 */
public record Page<T>(List<T> items, String nextToken) {

    private static final int SIZE_MAX = 1000;

    /**
     * Which page is wanted.
     *
     * @param prefix only names that begin with this; empty for all
     * @param token of the page before; empty for the first
     * @param size items at the most; 0 means 1000, which is also the most
     */
    public record Request(String prefix, String token, int size) {

        /** @throws BrokerException {@link Reason#INVALID_FIELD} for a negative size */
        public Request {
            if (size < 0) {
                throw BrokerException.of(
                        Reason.INVALID_FIELD,
                        "page_size must be 0 to %d, found %d".formatted(SIZE_MAX, size),
                        Map.of("field", "page_size"));
            }
            size = size == 0 ? SIZE_MAX : Math.min(size, SIZE_MAX);
        }
    }

    public static <T> Page<T> of(Collection<T> all, Function<T, String> nameOf, Request request) {
        List<T> rest = all.stream()
                .filter(item -> nameOf.apply(item).startsWith(request.prefix))
                .filter(item -> nameOf.apply(item).compareTo(request.token) > 0)
                .sorted(Comparator.comparing(nameOf))
                .limit(request.size + 1L)
                .toList();
        if (rest.size() <= request.size) {
            return new Page<>(rest, "");
        }
        List<T> items = rest.subList(0, request.size);
        return new Page<>(items, nameOf.apply(items.get(request.size - 1)));
    }
}
