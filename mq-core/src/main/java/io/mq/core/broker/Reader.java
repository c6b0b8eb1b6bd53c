package io.mq.core.broker;

import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import io.mq.core.delivery.BatchRecords;
import io.mq.core.delivery.DeliveryContext;
import io.mq.core.delivery.StartPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.Catalog;
import io.mq.core.state.StateView;
import io.mq.core.storage.LogCursor;
import io.mq.core.storage.LogSlice;
import io.mq.core.storage.OffsetOutOfRangeException;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads messages on request, for callers that hold no subscription. The disk is read on the delivery threads, which
 * nobody interrupts; callers wait for a future.
 *
 * <p>Safe for use by any thread.
 */
public final class Reader {

    /** Read at a time from the log; a fetch of many messages takes several. */
    private static final int READ_BYTES = 256 << 10;

    private final Shards shards;
    private final StateView state;
    private final DeliveryContext context;

    Reader(Shards shards, DeliveryContext context) {
        this.shards = shards;
        this.state = shards.state();
        this.context = context;
    }

    /**
     * Reads from an offset on.
     *
     * @param messagesMax at least 1
     * @param bytesMax the answer ends when this is exceeded; one message always fits
     * @param wait how long to wait for a first message at the partition's end
     * @throws BrokerException where topic or partition does not exist; {@link Reason#OFFSET_OUT_OF_RANGE},
     *     {@link Reason#CORRUPT_DATA} and {@link Reason#SHUTTING_DOWN} fail the future
     */
    public CompletableFuture<Fetched> fetch(
            String topicName, int partition, long offset, int messagesMax, int bytesMax, Duration wait) {
        return read(
                topicName,
                partition,
                offset,
                wait,
                (topic, id, log) -> messages(topic, id, log, offset, messagesMax, bytesMax));
    }

    /**
     * Reads stored batches from an offset on, which the first one may have in its middle.
     *
     * @param bytesMax the answer ends before this is exceeded; one batch always fits
     * @param wait how long to wait for a first batch at the partition's end
     * @throws BrokerException as {@link #fetch} does
     */
    public CompletableFuture<FetchedBatches> fetchBatches(
            String topicName, int partition, long offset, int bytesMax, Duration wait) {
        return read(topicName, partition, offset, wait, (topic, id, log) -> {
            ByteBuffer batches = log.read(new LogCursor(offset), bytesMax).bytes();
            return new FetchedBatches(batches, log.start(), log.end());
        });
    }

    /**
     * Shows messages from a place on.
     *
     * @param messagesMax at least 1
     * @throws BrokerException as {@link #fetch} does
     */
    public CompletableFuture<Fetched> peek(
            String topicName, int partition, StartPosition from, int messagesMax, int bytesMax) {
        return read(
                topicName,
                partition,
                0,
                Duration.ZERO,
                (topic, id, log) ->
                        messages(topic, id, log, Math.max(log.start(), from.resolve(log)), messagesMax, bytesMax));
    }

    private interface LogRead<T> {
        T from(Topic topic, PartitionId partition, SegmentLog log) throws IOException, OffsetOutOfRangeException;
    }

    private <T> CompletableFuture<T> read(
            String topicName, int partition, long offset, Duration wait, LogRead<T> logRead) {
        Topic topic = state.requireTopic(topicName);
        PartitionId id = Catalog.require(topic, partition);
        CompletableFuture<Void> caughtUp = shards.caughtUp(topic, partition);
        CompletableFuture<Void> ready =
                wait.isZero() ? caughtUp : caughtUp.thenCompose(done -> awaitGrowth(id, offset, wait));
        return ready.thenApplyAsync(done -> read(topic, id, logRead), context::execute);
    }

    private CompletableFuture<Void> awaitGrowth(PartitionId partition, long offset, Duration wait) {
        CompletableFuture<Void> growth = new CompletableFuture<>();
        Runnable waiter = () -> growth.complete(null);
        context.waiters().add(partition, waiter);
        if (state.log(partition).map(SegmentLog::end).orElse(Long.MAX_VALUE) != offset) {
            growth.complete(null);
        }
        return growth.completeOnTimeout(null, wait.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> context.waiters().remove(partition, waiter));
    }

    private <T> T read(Topic topic, PartitionId id, LogRead<T> logRead) {
        SegmentLog log = state.requireLog(topic, id);
        try {
            return logRead.from(topic, id, log);
        } catch (OffsetOutOfRangeException e) {
            throw BrokerException.of(
                    Reason.OFFSET_OUT_OF_RANGE,
                    "%s; ask for one of these".formatted(e.getMessage()),
                    Map.of("start", Long.toString(e.start()), "end", Long.toString(e.end())));
        } catch (IOException e) {
            throw context.unreadable(e);
        }
    }

    private static Fetched messages(
            Topic topic, PartitionId id, SegmentLog log, long offset, int messagesMax, int bytesMax)
            throws IOException, OffsetOutOfRangeException {
        List<Fetched.Message> messages = new ArrayList<>();
        LogCursor cursor = new LogCursor(offset);
        long bytes = 0;
        LogSlice slice = log.read(cursor, Math.min(READ_BYTES, bytesMax));
        while (!slice.isEmpty()) {
            for (RecordBatch batch : slice.batches()) {
                List<ByteBuffer> records = BatchRecords.of(topic, id, batch);
                for (int i = (int) (cursor.nextOffset() - batch.baseOffset()); i < records.size(); i++) {
                    bytes += records.get(i).remaining();
                    if (messages.size() == messagesMax || (bytes > bytesMax && !messages.isEmpty())) {
                        return new Fetched(topic, id, log.start(), log.end(), messages);
                    }
                    messages.add(message(batch, i, records.get(i)));
                }
                cursor.moveTo(batch.nextOffset());
            }
            slice = log.read(cursor, READ_BYTES);
        }
        return new Fetched(topic, id, log.start(), log.end(), messages);
    }

    private static Fetched.Message message(RecordBatch batch, int number, ByteBuffer record) {
        return new Fetched.Message(
                batch.baseOffset() + number,
                Instant.ofEpochMilli(batch.appendTimeMillis()),
                RecordCodec.decode(record));
    }
}
