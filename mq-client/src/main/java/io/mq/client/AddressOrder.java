package io.mq.client;

import io.grpc.NameResolver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * In which order a client tries its servers: as the application has listed them, but for those that took the connection
 * and then said nothing, which come last.
 *
 * <p>Safe for use by any thread.
 */
final class AddressOrder {

    /** How a client's channel tells it to what resolves its addresses. */
    static final NameResolver.Args.Key<AddressOrder> KEY = NameResolver.Args.Key.create("mq-address-order");

    private final AtomicInteger skipped = new AtomicInteger();

    /** The first is to be the last from now on. */
    void skipFirst() {
        skipped.incrementAndGet();
    }

    <T> List<T> of(List<T> listed) {
        List<T> ordered = new ArrayList<>(listed);
        Collections.rotate(ordered, -(skipped.get() % listed.size()));
        return ordered;
    }
}
