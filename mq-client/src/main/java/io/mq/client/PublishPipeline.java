package io.mq.client;

import io.mq.batch.RecordBatch;
import io.mq.proto.FrameResult;
import io.mq.proto.PartitionSequence;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Brings the batches of all partitions to the server, each partition in its turn and within the server's window, and sends
 * again what was not stored.
 *
 * <p>Confined to the loop, but for {@link #start}, {@link #wake}, {@link #flush}, {@link #senders} and {@link
 * #batchBytesMax}.
 */
final class PublishPipeline implements PublishSession.Owner {

    /** Whose pipeline it is; on the loop. */
    interface Owner {

        /** A stream is open; what it says of the topic is the latest. */
        void opened(PublishStreamReady ready);

        /** There will be no other stream; {@link #shutDown} is to follow. */
        void ended(MqException why);
    }

    private final Owner owner;
    private final ProducerConfig config;
    private final long producerId;
    private final Connection connection;
    private final BufferBudget budget;
    private final BuilderPool builders;
    private final PublishSession session;
    private final DeliveryReports reports;
    private final SenderLine line = new SenderLine();
    private final FramesInFlight frames = new FramesInFlight();

    /** Between attempts to send a frame again; its server is there. */
    private final Backoff retry;

    /** By partition. Grows where the topic has. */
    private volatile PartitionSender[] senders = {};

    private volatile int batchBytesMax;
    private int epoch;
    private ClientLoop.Timer expiry = () -> {};
    private boolean closed;

    /**
     * @param producerId of this pipeline alone
     * @param shard where the partitions lie that it is for
     * @param connection to that shard's leader
     */
    PublishPipeline(
            ProducerConfig config,
            long producerId,
            int shard,
            Connection connection,
            BufferBudget budget,
            BuilderPool builders,
            Owner owner) {
        this.owner = owner;
        this.config = config;
        this.producerId = producerId;
        this.connection = connection;
        this.budget = budget;
        this.builders = builders;
        ProducerLives lives =
                config.producerId().isPresent() ? ProducerLives.ofGivenNumber() : ProducerLives.ofNewNumber();
        this.session = new PublishSession(config.topic(), producerId, lives, shard, connection, this);
        this.reports = new DeliveryReports(budget, connection.callbacks());
        this.retry = connection.backoff();
    }

    /** @return what completes when the first stream is open, or fails where none is within the deadline */
    CompletableFuture<Void> start() {
        connection.loop().execute(() -> {
            expiry = connection.loop().every(expiryInterval(), this::expire);
            session.start();
        });
        return session.firstOutcome();
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

    @Override
    public void opened(PublishStreamReady ready) {
        epoch = ready.getProducerEpoch();
        frames.setWindow(ready.getWindowBytes());
        batchBytesMax = ready.getBatchBytesMax();
        growTo(ready.getPartitions());
        owner.opened(ready);
        int[] next = new int[senders.length];
        for (PartitionSequence sequence : ready.getNextSequencesList()) {
            next[sequence.getPartition()] = sequence.getNextSequence();
        }
        for (PartitionSender sender : senders) {
            sender.resume(next[sender.partition()]);
            line.enter(sender);
        }
        pump();
    }

    /** Has a sender for each of so many partitions, be it that others bring what is for some of them. */
    void growTo(int partitions) {
        List<PartitionSender> grown = new ArrayList<>(List.of(senders));
        for (int partition = grown.size(); partition < partitions; partition++) {
            grown.add(new PartitionSender(partition, new PartitionQueue(builders), config.framesInFlightMax()));
        }
        senders = grown.toArray(PartitionSender[]::new);
    }

    @Override
    public void interrupted() {
        frames.clear();
        for (PartitionSender sender : senders) {
            sender.streamBroken();
        }
    }

    @Override
    public void ended(MqException why) {
        owner.ended(why);
    }

    // ---- sending

    /** There is something to send where there was nothing. Safe for use by any thread. */
    void wake(PartitionSender sender) {
        if (line.wake(sender)) {
            connection.loop().later(this::takeWoken);
        }
    }

    private void takeWoken() {
        line.enterWoken();
        pump();
    }

    @Override
    public void ready() {
        pump();
    }

    private void pump() {
        PartitionSender sender = line.first();
        while (sender != null && session.isReady()) {
            PendingBatch batch = sender.next();
            if (batch == null) {
                line.removeFirst();
            } else if (frames.hasRoomFor(batch)) {
                line.rotate();
                send(sender, batch);
            } else {
                sender.giveBack(batch);
                return;
            }
            sender = line.first();
        }
    }

    private void send(PartitionSender sender, PendingBatch batch) {
        RecordBatch records = batch.records();
        sender.sending(batch);
        if (config.idempotent()) {
            records.stampProducer(producerId, epoch, batch.baseSequence);
        }
        session.send(PublishFrame.of(
                frames.add(sender, batch),
                sender.partition(),
                batch,
                config.durability().map(Durability::number).orElse(0)));
    }

    // ---- results

    @Override
    public void result(FrameResult result) {
        FramesInFlight.Frame frame = frames.remove(result.getFrameId());
        if (frame == null) {
            return;
        }
        PartitionSender sender = frame.sender();
        PendingBatch batch = frame.batch();
        switch (result.getOutcomeCase()) {
            case WRITTEN -> {
                Written written = result.getWritten();
                stored(sender, batch, written.getBaseOffset(), Durability.of(written.getDurability()), false);
            }
            case DUPLICATE -> stored(sender, batch, result.getDuplicate().getBaseOffset(), Optional.empty(), true);
            case FAILED -> failed(sender, batch, Errors.of(result.getFailed()));
            case OUTCOME_NOT_SET -> session.restart("the server sent a result that this client does not know");
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
        reports.stored(batch, sender.partition(), baseOffset, durability, duplicate);
    }

    private void failed(PartitionSender sender, PendingBatch batch, MqException why) {
        if (why.reason().equals(Reasons.PRODUCER_FENCED)) {
            owner.ended(why);
        } else if (why.isOutcomeUnknown() && config.idempotent()) {
            // It keeps its number and stays uncertain: only the start of another stream settles what became of it.
            session.restart("the server does not know whether a frame will be stored");
        } else if (why.isRetryable() || why.reason().equals(Reasons.SEQUENCE_GAP)) {
            sender.failedForNow(batch, why);
        } else if (why.reason().equals(Reasons.INVALID_BATCH) && batch.count() > 1 && !batch.knownStored) {
            // One of its messages is at fault, and halving finds it: the others are not to suffer for it.
            sender.refused(batch, batch.split(builders), why);
        } else {
            sender.failedForGood(batch, why);
            reports.failed(batch, batch.knownStored ? why.withUnknownOutcome() : why);
        }
    }

    private void proceed(PartitionSender sender) {
        if (closed) {
            return;
        }
        if (sender.isToRewind()) {
            MqException why = sender.rewind();
            if (why.reason().equals(Reasons.SEQUENCE_GAP)) {
                // Nothing before it failed: only the server knows where it is.
                session.restart("the server is at another sequence than this producer");
                return;
            }
            if (why.isRetryable()) {
                pause(sender, why.retryAfter().orElseGet(retry::next));
            }
        }
        line.enter(sender);
        pump();
    }

    private void pause(PartitionSender sender, Duration howLong) {
        sender.setPausing(true);
        session.whileStreaming(howLong, () -> {
            sender.setPausing(false);
            line.enter(sender);
            pump();
        });
    }

    // ---- the end of messages

    /** Gives up what was not confirmed in time. */
    private void expire() {
        long before = System.nanoTime() - config.deliveryTimeout().toNanos();
        boolean uncertain = false;
        for (PartitionSender sender : senders) {
            List<PendingBatch> old = sender.removeOlderThan(before);
            for (PendingBatch batch : old) {
                uncertain |= batch.uncertain;
                reports.failed(
                        batch,
                        batch.uncertain
                                ? Errors.outcomeUnknown(config.deliveryTimeout())
                                : Errors.notSent(config.deliveryTimeout()));
            }
            if (!old.isEmpty()) {
                line.enter(sender);
            }
        }
        if (uncertain && session.isStreaming()) {
            session.restart("a frame was not answered in time");
        } else {
            line.all().forEach(this::proceed);
        }
    }

    /** @return what completes when all that was sent before has, one way or another */
    CompletableFuture<Void> flush() {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        connection.loop().later(() -> {
            List<PendingBatch> unresolved = new ArrayList<>();
            for (PartitionSender sender : senders) {
                unresolved.addAll(sender.unresolved());
            }
            reports.whenTold(unresolved, flushed);
        });
        return flushed;
    }

    /** Takes no more messages, gives up those that are not stored, and ends the stream. */
    void shutDown(MqException why) {
        if (closed) {
            return;
        }
        closed = true;
        for (PartitionSender sender : senders) {
            sender.queue().close(why);
            for (PendingBatch batch : sender.drain()) {
                reports.failed(batch, batch.uncertain ? why.withUnknownOutcome() : why);
            }
        }
        budget.close();
        expiry.cancel();
        session.close(why, frames.isEmpty());
    }
}
