package io.mq.client;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A producer's or consumer's stream to the server: one call, and after it is lost the next one, for as long as it takes.
 *
 * <p>Confined to the loop, but for {@link #firstOutcome}.
 *
 * @param <C> the call
 */
final class LastingStream<C extends LastingStream.Call> {

    /** What a stream does with its call. */
    interface Call {

        void halfClose();

        /** Ends it; its owner hears of that, whether or not it is still the present one. */
        void cancel(String why);
    }

    /** Whose stream it is; on the loop. */
    interface Owner<C> {

        /** Makes a call that has yet to be started. */
        C create();

        /** Starts a call, which is the present one by then: without a connection, it ends before this returns. */
        void start(C call);

        /** The call is gone, and with it the answers to what was sent; another is to come. */
        void interrupted();
    }

    private final Connection connection;
    private final Owner<C> owner;
    private final Backoff reconnect;
    private final FirstStream first = new FirstStream();

    private final Route.Traveller traveller = this::reroute;

    private C call;

    /** By which the present call goes. */
    private ManagedChannel channel;

    private boolean open;
    private boolean closed;

    /** Ends a call that does not open, or makes the next. */
    private ClientLoop.Timer timer = () -> {};

    LastingStream(Connection connection, Owner<C> owner) {
        this.connection = connection;
        this.owner = owner;
        this.reconnect = connection.backoff();
    }

    /** What completes when the first call is open, or fails where none is within the deadline. Of any thread. */
    CompletableFuture<Void> firstOutcome() {
        return first.outcome();
    }

    void start() {
        first.begin(connection);
        connection.watch().start();
        connection.route().add(traveller);
        connection.route().whenKnown(this::call);
    }

    private void call() {
        if (closed) {
            return;
        }
        connection.wake();
        channel = connection.channel();
        C attempt = owner.create();
        call = attempt;
        timer = connection.loop().after(connection.deadline(), () -> attempt.cancel("the server does not answer"));
        owner.start(attempt);
    }

    /** The present call; or null. */
    C present() {
        return call;
    }

    /** Whether the server has taken the present call. */
    boolean isOpen() {
        return open;
    }

    /**
     * The server has taken the present call.
     *
     * @param action what is to be done before whoever waits for the first call hears of it
     */
    void opened(Runnable action) {
        timer.cancel();
        reconnect.reset();
        open = true;
        action.run();
        first.opened();
    }

    /** The present call has ended for a reason that the next one may cure. */
    void lost(MqException why) {
        first.failedForNow(why);
        forget();
        callAfter(why.retryAfter().orElseGet(reconnect::next));
    }

    /** Ends the present call, if there is one, and makes another. */
    void restart(String why) {
        if (call == null) {
            return;
        }
        C old = call;
        forget();
        old.cancel(why);
        callAfter(reconnect.next());
    }

    private void reroute(ManagedChannel silent) {
        if (channel == silent || channel != connection.channel()) {
            restart("there is a better way to the leader");
        }
    }

    private void forget() {
        timer.cancel();
        call = null;
        open = false;
        owner.interrupted();
    }

    private void callAfter(Duration delay) {
        timer = connection.loop().after(delay, this::call);
    }

    /**
     * Makes no more calls and ends the present one.
     *
     * @param why for whoever waits for the first call
     * @param inOrder whether nothing is under way on it
     */
    void close(MqException why, boolean inOrder) {
        C last = call;
        boolean isToFinish = open && inOrder;
        closed = true;
        connection.route().remove(traveller);
        timer.cancel();
        call = null;
        open = false;
        if (last != null && isToFinish) {
            last.halfClose();
        } else if (last != null) {
            last.cancel(why.getMessage());
        }
        first.failedForGood(why);
    }

    boolean isClosed() {
        return closed;
    }
}
