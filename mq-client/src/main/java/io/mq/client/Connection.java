package io.mq.client;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What a client's parts share: where calls go, the loop on which they run, and where the application's code runs.
 *
 * @param any the channel to whichever server takes the connection
 * @param routes to the shards' leaders
 * @param route where calls go
 * @param watch to be started by what is worth going to the leader for
 * @param deadline of a unary call, and of a stream's first answer
 */
record Connection(
        ManagedChannel any,
        Routes routes,
        Route route,
        LeaderWatch watch,
        CallOptions options,
        ClientLoop loop,
        Executor callbacks,
        Duration deadline,
        RandomGenerator random) {

    private static final Duration RECONNECT_FIRST = Duration.ofMillis(50);

    /** A server that is back is found again within this. */
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(2);

    ManagedChannel channel() {
        return route.channel();
    }

    /** The same, for what goes to the leader of a shard. On the loop. */
    Connection forShard(int shard) {
        return new Connection(any, routes, routes.of(shard), watch, options, loop, callbacks, deadline, random);
    }

    boolean isClosed() {
        return any.isShutdown();
    }

    /** Whoever asks has waited already: the channel is not to wait for longer on its own account. */
    void wake() {
        any.resetConnectBackoff();
    }

    CallOptions streamOptions() {
        return options.withExecutor(loop);
    }

    /** For a call that waits for a connection, but not beyond its deadline. */
    CallOptions unaryOptions() {
        return options.withExecutor(loop)
                .withWaitForReady()
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    Backoff backoff() {
        return backoff(random);
    }

    static Backoff backoff(RandomGenerator random) {
        return new Backoff(RECONNECT_FIRST, RECONNECT_MAX, random);
    }

    /** Has nothing connect by itself any more. On the loop. */
    void close() {
        watch.close();
        routes.close();
    }
}
