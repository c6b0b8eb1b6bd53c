package io.mq.client;

import io.mq.batch.RecordBatch;
import io.mq.proto.FrameResult;
import io.mq.proto.PartitionSequence;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.Written;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings the batches of all partitions to the server: over one stream after the other, within the server's window, each
 * partition in its turn.
 *
 * <p>Confined to the loop, but for {@link #wake}, {@link #senders} and {@link #batchBytesMax}.
 */
final class PublishPipeline implements PublishCall.Owner {

    private final ProducerConfig config;
    private final long producerId;
    private final Connection connection;
    private final BufferBudget budget;
    private final BuilderPool builders;
    private final Executor callbacks;
    private final Backoff reconnect;

    /** Between attempts to send a frame again; its server is there. */
    private final Backoff retry;

    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    /** What application threads have put something into. */
    private final Queue<PartitionSender> woken = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean wakeUnderWay = new AtomicBoolean();

    /** By partition. Grows where the topic has. */
    private volatile PartitionSender[] senders = {};

    private volatile int batchBytesMax;

    /** Partitions that may have something to send, each once. */
    private final ArrayDeque<PartitionSender> line = new ArrayDeque<>();

    private final Map<Long, Frame> frames = new HashMap<>();

    private PublishCall call;
    private boolean streaming;
    private int epoch;
    private long windowBytes;
    private long windowTaken;
    private long nextFrameId;

    /** Ends a stream that does not open, or opens the next. */
    private ClientLoop.Timer openTimeout = () -> {};

    private ClientLoop.Timer expiry = () -> {};
    private MqException closed;

    private record Frame(PartitionSender sender, PendingBatch batch) {}

    PublishPipeline(
            ProducerConfig config, long producerId, Connection connection, BufferBudget budget, BuilderPool builders) {
        this.config = config;
        this.producerId = producerId;
        this.connection = connection;
        this.budget = budget;
        this.builders = builders;
        this.callbacks = new SerialExecutor(connection.callbacks());
        this.reconnect = connection.backoff();
        this.retry = connection.backoff();
    }

    /** @return what completes when the first stream is open, or fails where none ever will be */
    CompletableFuture<Void> start() {
        connection.loop().execute(() -> {
            expiry = connection.loop().every(expiryInterval(), this::expire);
            open();
        });
        return opened;
    }

    private Duration expiryInterval() {
        Duration tenth = config.deliveryTimeout().dividedBy(10);
        Duration most = Duration.ofSeconds(1);
        return tenth.compareTo(most) < 0 ? tenth.plusMillis(1) : most;
    }

    PartitionSender[] senders() {
        return senders;
    }

    /** What messages gather to. */
    int batchBytesMax() {
        return Math.min(batchBytesMax, config.batchBytesMax());
    }

    /** The largest batch that the server takes. */
    int serverBatchBytesMax() {
        return batchBytesMax;
    }

    // ---- streams

    private void open() {
        if (closed != null) {
            return;
        }
        connection.wake();
        PublishCall attempt = PublishCall.create(connection, this);
        call = attempt;
        openTimeout =
                connection.loop().after(connection.deadline(), () -> attempt.cancel("the server does not answer"));
        attempt.start(PublishStreamInit.newBuilder()
                .setTopic(config.topic())
                .setProducerId(producerId)
                .build());
    }

    @Override
    public void opened(PublishCall from, PublishStreamReady ready) {
        if (from != call) {
            return;
        }
        openTimeout.cancel();
        reconnect.reset();
        epoch = ready.getProducerEpoch();
        windowBytes = ready.getWindowBytes();
        batchBytesMax = ready.getBatchBytesMax();
        growTo(ready.getPartitions());
        int[] next = new int[senders.length];
        for (PartitionSequence sequence : ready.getNextSequencesList()) {
            next[sequence.getPartition()] = sequence.getNextSequence();
        }
        for (PartitionSender sender : senders) {
            sender.resume(next[sender.partition()]);
            enterLine(sender);
        }
        streaming = true;
        opened.complete(null);
        pump();
    }

    private void growTo(int partitions) {
        List<PartitionSender> grown = new ArrayList<>(List.of(senders));
        for (int partition = grown.size(); partition < partitions; partition++) {
            grown.add(new PartitionSender(partition, new PartitionQueue(builders), config.framesInFlightMax()));
        }
        senders = grown.toArray(PartitionSender[]::new);
    }

    @Override
    public void ended(PublishCall from, MqException why) {
        if (from != call || closed != null) {
            return;
        }
        if (!Errors.isRetryable(why.code())) {
            shutDown(why);
            return;
        }
        forgetStream();
        reopenAfter(why.retryAfter().orElseGet(reconnect::next));
    }

    private void reopenAfter(Duration delay) {
        openTimeout = connection.loop().after(delay, this::open);
    }

    private void forgetStream() {
        openTimeout.cancel();
        call = null;
        streaming = false;
        frames.clear();
        windowTaken = 0;
        for (PartitionSender sender : senders) {
            sender.streamBroken();
        }
    }

    /** Puts an end to all that is under way and finds out what the server has of it. */
    private void restart(String why) {
        PublishCall old = call;
        forgetStream();
        old.cancel(why);
        reopenAfter(reconnect.next());
    }

    // ---- sending

    /** There is something to send where there was nothing. Safe for use by any thread. */
    void wake(PartitionSender sender) {
        if (sender.markWoken()) {
            woken.add(sender);
        }
        if (wakeUnderWay.compareAndSet(false, true)) {
            connection.loop().later(this::takeWoken);
        }
    }

    private void takeWoken() {
        wakeUnderWay.set(false);
        PartitionSender sender = woken.poll();
        while (sender != null) {
            sender.unmarkWoken();
            enterLine(sender);
            sender = woken.poll();
        }
        pump();
    }

    private void enterLine(PartitionSender sender) {
        if (sender.enterLine()) {
            line.add(sender);
        }
    }

    @Override
    public void ready(PublishCall from) {
        if (from == call) {
            pump();
        }
    }

    private void pump() {
        while (streaming && !line.isEmpty() && call.isReady()) {
            PartitionSender sender = line.peek();
            PendingBatch batch = sender.next();
            if (batch == null) {
                line.remove();
                sender.leaveLine();
            } else if (windowTaken > 0 && windowTaken + batch.records().sizeInBytes() > windowBytes) {
                sender.giveBack(batch);
                return;
            } else {
                line.remove();
                line.add(sender);
                send(sender, batch);
            }
        }
    }

    private void send(PartitionSender sender, PendingBatch batch) {
        RecordBatch records = batch.records();
        sender.sending(batch);
        if (config.idempotent()) {
            records.stampProducer(producerId, epoch, batch.baseSequence);
        }
        long frameId = nextFrameId++;
        frames.put(frameId, new Frame(sender, batch));
        windowTaken += records.sizeInBytes();
        call.send(PublishFrame.of(
                frameId,
                sender.partition(),
                batch,
                config.durability().map(Durability::number).orElse(0)));
    }

    // ---- results

    @Override
    public void result(PublishCall from, FrameResult result) {
        Frame frame = from == call ? frames.remove(result.getFrameId()) : null;
        if (frame == null) {
            return;
        }
        PartitionSender sender = frame.sender();
        PendingBatch batch = frame.batch();
        windowTaken -= batch.records().sizeInBytes();
        switch (result.getOutcomeCase()) {
            case WRITTEN -> {
                Written written = result.getWritten();
                stored(sender, batch, written.getBaseOffset(), Durability.of(written.getDurability()), false);
            }
            case DUPLICATE -> stored(sender, batch, result.getDuplicate().getBaseOffset(), Optional.empty(), true);
            case FAILED -> failed(sender, batch, Errors.of(result.getFailed()));
            case OUTCOME_NOT_SET -> restart("the server sent a result that this client does not know");
        }
        proceed(sender);
    }

    private void stored(
            PartitionSender sender,
            PendingBatch batch,
            long baseOffset,
            Optional<Durability> durability,
            boolean duplicate) {
        retry.reset();
        sender.stored(batch);
        budget.giveBack(batch.budgetBytes());
        callbacks.execute(() -> batch.succeed(sender.partition(), baseOffset, durability, duplicate));
    }

    private void failed(PartitionSender sender, PendingBatch batch, MqException why) {
        if (why.reason().equals(Reasons.PRODUCER_FENCED)) {
            shutDown(why);
        } else if (why.isRetryable() || why.reason().equals(Reasons.SEQUENCE_GAP)) {
            sender.failedForNow(batch, why);
        } else {
            sender.failedForGood(batch, why);
            giveUp(batch, batch.knownStored ? why.withUnknownOutcome() : why);
        }
    }

    private void giveUp(PendingBatch batch, MqException why) {
        budget.giveBack(batch.budgetBytes());
        callbacks.execute(() -> batch.fail(why));
    }

    private void proceed(PartitionSender sender) {
        if (closed != null) {
            return;
        }
        if (sender.isToRewind()) {
            MqException why = sender.rewind();
            if (why.reason().equals(Reasons.SEQUENCE_GAP)) {
                // Nothing before it failed: only the server knows where it is.
                restart("the server is at another sequence than this producer");
                return;
            }
            if (why.isRetryable()) {
                pause(sender, why.retryAfter().orElseGet(retry::next));
            }
        }
        enterLine(sender);
        pump();
    }

    private void pause(PartitionSender sender, Duration howLong) {
        PublishCall present = call;
        sender.setPausing(true);
        connection.loop().after(howLong, () -> {
            if (present == call) {
                sender.setPausing(false);
                enterLine(sender);
                pump();
            }
        });
    }

    // ---- giving up

    private void expire() {
        long before = System.nanoTime() - config.deliveryTimeout().toNanos();
        boolean uncertain = false;
        for (PartitionSender sender : senders) {
            List<PendingBatch> old = sender.removeOlderThan(before);
            for (PendingBatch batch : old) {
                uncertain |= batch.uncertain;
                giveUp(
                        batch,
                        batch.uncertain
                                ? Errors.outcomeUnknown(config.deliveryTimeout())
                                : Errors.notSent(config.deliveryTimeout()));
            }
            if (!old.isEmpty()) {
                enterLine(sender);
            }
        }
        if (uncertain && streaming) {
            restart("a frame was not answered in time");
        } else {
            List.copyOf(line).forEach(this::proceed);
        }
    }

    /** @return what completes when all that was sent before has, one way or another */
    CompletableFuture<Void> flush() {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        connection.loop().later(() -> {
            AtomicInteger left = new AtomicInteger(1);
            Runnable one = () -> {
                if (left.decrementAndGet() == 0) {
                    flushed.complete(null);
                }
            };
            for (PartitionSender sender : senders) {
                for (PendingBatch batch : sender.unresolved()) {
                    left.incrementAndGet();
                    batch.onEnd(one);
                }
            }
            // Behind the callbacks of what was resolved just before.
            callbacks.execute(one);
        });
        return flushed;
    }

    /** Takes no more messages, gives up those that are not stored, and ends the stream. On the loop. */
    void shutDown(MqException why) {
        if (closed != null) {
            return;
        }
        closed = why;
        for (PartitionSender sender : senders) {
            sender.queue().close(why);
            for (PendingBatch batch : sender.drain()) {
                giveUp(batch, batch.uncertain ? why.withUnknownOutcome() : why);
            }
        }
        budget.close();
        expiry.cancel();
        openTimeout.cancel();
        if (call != null && streaming && frames.isEmpty()) {
            call.halfClose();
        } else if (call != null) {
            call.cancel("the producer is closed");
        }
        call = null;
        streaming = false;
        opened.completeExceptionally(why);
    }

    Connection connection() {
        return connection;
    }
}
