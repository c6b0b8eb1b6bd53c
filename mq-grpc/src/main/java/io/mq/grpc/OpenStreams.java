package io.mq.grpc;

import io.mq.core.error.BrokerException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The streams of one kind that are open, to be ended when the server stops.
 *
 * <p>Safe for use by any thread.
 */
final class OpenStreams<S extends OpenStreams.Stream> {

    private final Map<Object, S> streams = new ConcurrentHashMap<>();

    /** A call that may stay open for long. */
    interface Stream {

        /** To be called once, before the call's first message. */
        void begin();

        /** Ends the call, for this reason. Any thread may call. */
        void endLater(BrokerException reason);
    }

    /** @param opener of a stream that runs, at its end, what it is given */
    S open(Function<Runnable, S> opener) {
        Object key = new Object();
        S opened = opener.apply(() -> streams.remove(key));
        streams.put(key, opened);
        opened.begin();
        return opened;
    }

    void forEach(Consumer<S> action) {
        streams.values().forEach(action);
    }

    /** @param advice what their clients may do instead */
    void endAll(String advice) {
        endAll(BrokerException.shuttingDown(advice));
    }

    void endAll(BrokerException reason) {
        streams.values().forEach(stream -> stream.endLater(reason));
    }
}
