package io.mq.client;

import io.mq.batch.BatchBuilder;
import io.mq.batch.Partitioner;
import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Publishes messages to one topic. A topic has its own stream to the server, so it belongs to the producer and not to the
 * message; for several topics, make several producers, of which one costs a stream and no thread.
 *
 * <p><b>Order.</b> Messages of one partition are stored in the order of their sends, lost connections and retries
 * included, and each is stored once, as long as the producer is idempotent, which it is by default. A message that fails
 * leaves the others as they are.
 *
 * <p><b>Batches.</b> A message that finds nothing of its partition on its way goes at once. While something is on its
 * way, messages gather, up to the size of a batch.
 *
 * <p><b>Durability.</b> A message that is confirmed is as durable as {@link Published} says.
 *
 * <p><b>Threads.</b> Safe for use by any thread. Futures complete, and callbacks run, on the client's callback executor.
 *
 * <p><b>Failure.</b> A message that cannot be stored fails with an {@link MqException}, and no other because of it: a batch
 * that the server refuses is sent again in halves until what it refuses is alone. {@link MqException#isOutcomeUnknown}
 * says when a message may be stored all the same.
 */
public final class Producer implements AutoCloseable {

    /** What a message takes beside its bytes: its future, and its place in the batch. */
    private static final int MESSAGE_OVERHEAD_BYTES = 64;

    private final ProducerConfig config;
    private final BufferBudget budget;
    private final PublishLanes lanes;
    private final Partitioner partitioner = new Partitioner();
    private final Runnable onClose;

    private Producer(ProducerConfig config, BufferBudget budget, PublishLanes lanes, Runnable onClose) {
        this.config = config;
        this.budget = budget;
        this.lanes = lanes;
        this.onClose = onClose;
    }

    /** Waits for the first stream, which tells how many partitions there are. */
    static Producer open(ProducerConfig config, Connection connection, Runnable onClose) {
        long id = config.idempotent() ? config.producerId().orElseGet(() -> randomId(connection)) : 0;
        BufferBudget budget = new BufferBudget(config.bufferBytesMax());
        PublishLanes lanes = new PublishLanes(config, id, connection, budget, new BuilderPool(config.compression()));
        Producer producer = new Producer(config, budget, lanes, onClose);
        try {
            Waiting.on(lanes.start(), connection.deadline().multipliedBy(2), "open the first stream");
        } catch (MqException e) {
            lanes.shutDownSoon(e);
            throw e;
        }
        return producer;
    }

    private static long randomId(Connection connection) {
        long id = connection.random().nextLong();
        return id == 0 ? 1 : id;
    }

    /**
     * Sends a message. Waits while the buffer is full, at the most as long as configured; on a thread of the client's own
     * loop it fails instead of waiting.
     *
     * @return what completes when the message is stored, or fails with an {@link MqException}. To cancel it does not take
     *     the message back.
     * @throws MqException where the message is not even taken: {@code BUFFER_FULL}, {@code MESSAGE_TOO_LARGE}, {@code
     *     PARTITION_NOT_FOUND}, or why the producer is closed
     */
    public CompletableFuture<Published> send(Message message) {
        PublishFuture future = new PublishFuture();
        send(message, future);
        return future;
    }

    /**
     * Sends a message as {@link #send(Message)} does, and tells a callback of what became of it.
     *
     * @throws MqException where the message is not even taken; the callback is then not run
     */
    public void send(Message message, SendCallback callback) {
        PartitionSender sender = senderFor(message);
        Record record = message.record();
        int size = BatchBuilder.sizeOf(record);
        int sizeMax = lanes.serverBatchBytesMax() - RecordBatch.HEADER_BYTES;
        if (size > sizeMax) {
            throw Errors.tooLarge(size, sizeMax);
        }
        int cost = size + MESSAGE_OVERHEAD_BYTES;
        takeRoom(cost);
        boolean wake;
        try {
            wake = sender.queue().append(record, size, lanes.batchBytesMax(), cost, callback);
        } catch (RuntimeException | Error e) {
            budget.giveBack(cost);
            throw e;
        }
        if (wake) {
            lanes.wake(sender);
        }
    }

    private PartitionSender senderFor(Message message) {
        PartitionSender[] senders = lanes.senders();
        int partition = message.partition()
                .orElseGet(() -> partitioner.choose(message.record().key(), senders.length));
        if (partition >= senders.length) {
            throw Errors.noPartition(config.topic(), partition, senders.length);
        }
        return senders[partition];
    }

    private void takeRoom(int bytes) {
        if (budget.tryTake(bytes)) {
            return;
        }
        try {
            boolean mayWait = !lanes.isOnLoop();
            if (!budget.take(bytes, mayWait ? config.blockMax() : Duration.ZERO)) {
                throw Errors.bufferFull(config.bufferBytesMax());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.bufferFull(config.bufferBytesMax());
        }
    }

    /** How many partitions the topic had when the present stream was opened. */
    public int partitions() {
        return lanes.senders().length;
    }

    /** Bytes of messages that are not confirmed, with what each takes beside its bytes. */
    public long bufferedBytes() {
        return budget.taken();
    }

    /**
     * Waits until all that was sent before has completed, one way or another, and its callbacks have run. That takes no
     * longer than the delivery timeout.
     *
     * @throws MqException where the thread is interrupted
     */
    public void flush() {
        Waiting.on(lanes.flush(), Duration.ofDays(1), "flush");
    }

    /** {@link #close(Duration)} with the delivery timeout. */
    @Override
    public void close() {
        close(config.deliveryTimeout());
    }

    /**
     * Takes no more messages, waits for those that were sent, and gives up what is not confirmed in time. May be called
     * twice.
     */
    public void close(Duration atMost) {
        MqException closed = Errors.closed("the producer");
        for (PartitionSender sender : lanes.senders()) {
            sender.queue().close(closed);
        }
        budget.close();
        try {
            lanes.flush().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // What is left fails now, with this as its reason.
            closed.addSuppressed(e);
        }
        lanes.shutDownSoon(closed);
        onClose.run();
    }
}
