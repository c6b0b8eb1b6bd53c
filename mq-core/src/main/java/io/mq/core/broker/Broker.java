package io.mq.core.broker;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.cluster.Leadership;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.delivery.Subscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.error.StartupException;
import io.mq.core.message.Names;
import io.mq.core.storage.DataDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The broker that every edge uses: what it can do, by subject.
 *
 * <p>Safe for use by any thread.
 */
public final class Broker implements Closeable {

    private static final Logger LOG = System.getLogger(Broker.class.getName());

    private final DataDirectory directory;

    private final Shards shards;
    private final BrokerThreads threads;
    private final Subscriptions subscriptions;
    private final Limits limits;
    private final Topics topics;
    private final Publisher publisher;
    private final BatchPublisher batchPublisher;
    private final Reader reader;
    private final Groups groups;
    private final BrokerStatus status;
    private final Leadership leadership;
    private final ClusterOperations cluster;
    private final Optional<ClusterSeat> seat;

    /** How many members that gave no name were given one. */
    private final AtomicLong unnamedConsumers = new AtomicLong();

    private final AtomicBoolean isClosed = new AtomicBoolean();

    Broker(
            DataDirectory directory,
            Shards shards,
            BrokerThreads threads,
            Subscriptions subscriptions,
            Limits limits,
            Topics topics,
            Publisher publisher,
            BatchPublisher batchPublisher,
            Reader reader,
            Groups groups,
            BrokerStatus status,
            Leadership leadership,
            ClusterOperations cluster,
            Optional<ClusterSeat> seat) {
        this.directory = directory;
        this.shards = shards;
        this.threads = threads;
        this.subscriptions = subscriptions;
        this.limits = limits;
        this.topics = topics;
        this.publisher = publisher;
        this.batchPublisher = batchPublisher;
        this.reader = reader;
        this.groups = groups;
        this.status = status;
        this.leadership = leadership;
        this.cluster = cluster;
        this.seat = seat;
    }

    /**
     * Opens the data directory, recovers what is in it and starts.
     *
     * @param stores opens the checkpoint store in the locked data directory
     * @throws StartupException saying what stands in the way
     */
    public static Broker open(BrokerConfig config, BrokerPlatform platform, CheckpointStore.Opener stores) {
        return BrokerAssembly.open(config, platform, stores, Optional.empty());
    }

    /**
     * Opens the broker of a node that belongs to a cluster, as {@link #open(BrokerConfig, BrokerPlatform,
     * CheckpointStore.Opener)} does that of a single node. What the data directory of a single node holds is what the
     * cluster begins with.
     */
    public static Broker open(
            BrokerConfig config, BrokerPlatform platform, CheckpointStore.Opener stores, ClusterSeat seat) {
        return BrokerAssembly.open(config, platform, stores, Optional.of(seat));
    }

    public Topics topics() {
        return topics;
    }

    public Publisher publisher() {
        return publisher;
    }

    public BatchPublisher batchPublisher() {
        return batchPublisher;
    }

    public Reader reader() {
        return reader;
    }

    public Groups groups() {
        return groups;
    }

    public BrokerStatus status() {
        return status;
    }

    /** Which node of the cluster has the catalog and the groups' members; this one where there is no cluster. */
    public Leadership leadership() {
        return leadership;
    }

    /** Which nodes lead the shards, in their order; the first is that of {@link #leadership}. */
    public List<Leadership> leaderships() {
        return shards.all().stream().map(Shard::leadership).toList();
    }

    /** Whether this node takes messages also where it does not lead; else they are for {@link #leadership}'s leader. */
    public boolean takesMessagesAnywhere() {
        return shards.count() > 1
                && seat.filter(ClusterSeat::isMember).isPresent()
                && shards.all().stream().allMatch(shard -> shard.journal().isHealthy());
    }

    /**
     * Completes when this node has applied everything that was acknowledged by any node before; at once where there is no
     * other. Fails where a shard commits nothing.
     */
    public CompletableFuture<Void> caughtUp() {
        return shards.caughtUp();
    }

    public ClusterOperations cluster() {
        return cluster;
    }

    /**
     * Starts sending messages to a subscriber.
     *
     * @throws BrokerException where a name is invalid, the topic or partition does not exist, or a limit is reached
     */
    public Subscription subscribe(SubscribeRequest request, Subscriber subscriber) {
        if (!request.hasGroup()) {
            return subscriptions.subscribe(request, subscriber);
        }
        groups.requireValidName(request.group());
        if (request.partition().isPresent()) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "partition cannot be chosen in a consumer group, whose members share all partitions; leave it unset, or read without a group",
                    Map.of("field", "partition"));
        }
        if (request.consumerId().isEmpty()) {
            return subscriptions.subscribe(request.withConsumerId(newConsumerId()), subscriber);
        }
        Names.requireValid("consumer_id", request.consumerId(), limits.nameCharsMax());
        return subscriptions.subscribe(request, subscriber);
    }

    /** A name for a consumer that has none. */
    public String newConsumerId() {
        return "%s-consumer-%d".formatted(status.nodeId(), unnamedConsumers.incrementAndGet());
    }

    /**
     * Says in its health that this broker is going, has another node lead where there is one, ends all subscriptions and
     * takes no new ones; everything else goes on.
     */
    public void drain() {
        status.closing();
        seat.ifPresent(ClusterSeat::drain);
        subscriptions.endAll(BrokerException.shuttingDown("subscribe elsewhere or after its restart"));
    }

    /** Completes when {@link #drain} has told the last subscriber. */
    public CompletableFuture<Void> drained() {
        return subscriptions.allEnded();
    }

    /**
     * Ends all subscriptions, finishes what was submitted, takes a last checkpoint, so that the next start is quick, and
     * closes everything. May be called twice.
     */
    @Override
    public void close() throws IOException {
        if (!isClosed.getAndSet(true)) {
            BrokerThreads.runUninterrupted("mq-close", this::closeInOrder);
        }
    }

    private void closeInOrder() throws IOException {
        drain();
        threads.stopUpkeep();
        for (Shard shard : shards.all()) {
            shard.journal().drain();
        }
        for (Shard shard : shards.all()) {
            close(shard.engine());
        }
        threads.stop();
        directory.close();
    }

    private static void close(Engine engine) throws IOException {
        try {
            if (engine.journal().isHealthy()) {
                engine.checkpoint();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "No last checkpoint; the next start replays the journal instead", e);
        }
        engine.close();
    }
}
