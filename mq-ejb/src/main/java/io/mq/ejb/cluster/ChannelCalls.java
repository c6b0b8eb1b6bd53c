package io.mq.ejb.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Message.Flag;

/**
 * Requests to other members of a channel and the answers to them. Nothing but bytes is sent and received.
 *
 * <table>
 * <caption>A message</caption>
 * <tr><td>1 byte</td><td>1 request, 2 answer, 3 error, 4 request that is taken in its turn</td></tr>
 * <tr><td>8 bytes</td><td>the number of the request, the sender's own</td></tr>
 * <tr><td>the rest</td><td>what is asked or answered; of an error the text in UTF-8</td></tr>
 * </table>
 *
 * <p>Safe for use by any thread.
 */
final class ChannelCalls {

    /** Answers a request of another member; may wait. */
    @FunctionalInterface
    interface Answerer {
        byte[] answer(Address from, byte[] request) throws IOException;
    }

    /** Takes requests of other members in the order in which each has sent them; does not wait. */
    @FunctionalInterface
    interface Taker {
        void take(Address from, byte[] request, Consumer<byte[]> answer);
    }

    private static final Logger LOG = System.getLogger(ChannelCalls.class.getName());

    private static final byte REQUEST = 1;
    private static final byte ANSWER = 2;
    private static final byte ERROR = 3;
    private static final byte IN_TURN = 4;
    private static final int HEADER_BYTES = 1 + Long.BYTES;

    /** Requests name a few things; a list of them has no place here. */
    private static final int REQUEST_BYTES_MAX = 256 << 10;

    /** A snapshot's pieces are 1 MiB; the list of all of them may be longer. */
    private static final int ANSWER_BYTES_MAX = 64 << 20;

    /** More than a node has reason to ask at once. */
    private static final int PENDING_MAX = 1000;

    private final JChannel channel;
    private final Executor answering;
    private final Answerer answerer;
    private final Taker taker;
    private final AtomicLong numbers = new AtomicLong();

    /** By number. */
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

    /** Those that are there. */
    private volatile List<Address> members = List.of();

    private record Pending(Address to, CompletableFuture<byte[]> answer) {}

    /** @param answering runs what answers, and may reject it */
    ChannelCalls(JChannel channel, Executor answering, Answerer answerer, Taker taker) {
        this.channel = channel;
        this.answering = answering;
        this.answerer = answerer;
        this.taker = taker;
    }

    /**
     * Asks a member, and fails with an {@link IOException} where it goes, answers with an error or not in time. Of one that
     * is no member when it is asked, only the time tells.
     */
    CompletableFuture<byte[]> call(Address to, byte[] request, Duration timeout) {
        if (request.length > REQUEST_BYTES_MAX) {
            return CompletableFuture.failedFuture(new IOException(
                    "a request of %d bytes is too large; at most %d go".formatted(request.length, REQUEST_BYTES_MAX)));
        }
        return call(to, REQUEST, request, timeout);
    }

    /**
     * The same, of what is taken behind what this member has sent so before, and may be of any length. Waits while the
     * other one does not take what it was sent.
     */
    CompletableFuture<byte[]> callInTurn(Address to, byte[] request, Duration timeout) {
        return call(to, IN_TURN, request, timeout);
    }

    private CompletableFuture<byte[]> call(Address to, byte kind, byte[] request, Duration timeout) {
        if (pending.size() >= PENDING_MAX) {
            return CompletableFuture.failedFuture(
                    new IOException("%d requests wait for answers already; ask later".formatted(PENDING_MAX)));
        }
        long number = numbers.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        boolean wasMember = members.contains(to);
        pending.put(number, new Pending(to, answer));
        try {
            send(to, kind, number, request);
            if (wasMember && !members.contains(to)) {
                // It has gone after it was looked up, and nobody would say so any more.
                answer.completeExceptionally(gone());
            }
        } catch (Exception e) {
            answer.completeExceptionally(new IOException("%s cannot be asked: %s".formatted(to, e.getMessage()), e));
        }
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException
                                ? new IOException("%s has not answered within %d ms".formatted(to, timeout.toMillis()))
                                : failure))
                .whenComplete((bytes, failure) -> pending.remove(number));
    }

    private void send(Address to, byte kind, long number, byte[] content) throws Exception {
        byte[] framed = ByteBuffer.allocate(HEADER_BYTES + content.length)
                .put(kind)
                .putLong(number)
                .put(content)
                .array();
        BytesMessage message = new BytesMessage(to, framed);
        if (kind == REQUEST || kind == ERROR) {
            // It is small, and the one who sends it is not to wait for a receiver that is slow.
            message.setFlag(Flag.NO_FC);
        }
        channel.send(message);
    }

    /** To be called with everything that arrives; does not wait. */
    void received(Message message) {
        if (!(message instanceof BytesMessage) || message.getLength() < HEADER_BYTES) {
            LOG.log(Level.WARNING, "{0} sends what no node of mq sends; it is ignored", message.getSrc());
            return;
        }
        ByteBuffer framed = ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength());
        byte kind = framed.get();
        long number = framed.getLong();
        byte[] content = new byte[framed.remaining()];
        framed.get(content);
        if (kind == REQUEST) {
            answer(message.getSrc(), number, content);
            return;
        }
        if (kind == IN_TURN) {
            Address from = message.getSrc();
            taker.take(from, content, answer -> reply(from, ANSWER, number, answer));
            return;
        }
        Pending asked = pending.get(number);
        if (asked == null || !asked.to().equals(message.getSrc())) {
            LOG.log(Level.DEBUG, "An answer of {0} comes late", message.getSrc());
        } else if (kind == ANSWER) {
            asked.answer().complete(content);
        } else {
            asked.answer().completeExceptionally(new IOException(new String(content, StandardCharsets.UTF_8)));
        }
    }

    private void answer(Address from, long number, byte[] request) {
        try {
            answering.execute(() -> {
                try {
                    byte[] answer = answerer.answer(from, request);
                    if (answer.length > ANSWER_BYTES_MAX) {
                        throw new IOException("the answer of %d bytes is too large; at most %d go"
                                .formatted(answer.length, ANSWER_BYTES_MAX));
                    }
                    reply(from, ANSWER, number, answer);
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.DEBUG, "A request of another node failed", e);
                    refuse(from, number, e.getMessage() == null ? e.toString() : e.getMessage());
                }
            });
        } catch (RejectedExecutionException e) {
            refuse(from, number, "the node has too much to answer");
        }
    }

    private void refuse(Address from, long number, String reason) {
        reply(from, ERROR, number, reason.getBytes(StandardCharsets.UTF_8));
    }

    private void reply(Address to, byte kind, long number, byte[] content) {
        try {
            send(to, kind, number, content);
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "{0} is not answered any more: {1}", to, e.getMessage());
        }
    }

    /** Lets go of requests to those that were members until now and are not any more. */
    void retain(Collection<Address> present) {
        List<Address> gone =
                members.stream().filter(member -> !present.contains(member)).toList();
        members = List.copyOf(present);
        pending.values().stream()
                .filter(asked -> gone.contains(asked.to()))
                .forEach(asked -> asked.answer().completeExceptionally(gone()));
    }

    private static IOException gone() {
        return new IOException("the node is gone");
    }
}
