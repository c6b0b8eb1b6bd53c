package io.mq.core.broker;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.cluster.Leadership;
import io.mq.core.delivery.AppendWaiters;
import io.mq.core.delivery.DeliveryContext;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.state.StateListener;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.Scrubber;
import io.mq.core.storage.ShardDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts a broker together from its parts, in the order in which they need each other. */
final class BrokerAssembly {

    private static final Logger LOG = System.getLogger(BrokerAssembly.class.getName());

    private final BrokerConfig config;
    private final BrokerPlatform platform;
    private final DataDirectory directory;
    private final BrokerThreads threads;
    private final Optional<ClusterSeat> seat;
    private final Figures figures = new Figures();
    private final Damage damage = new Damage();

    /** Those that were opened. */
    private final List<CheckpointStore> stores = new ArrayList<>();

    private BrokerAssembly(
            BrokerConfig config,
            BrokerPlatform platform,
            DataDirectory directory,
            BrokerThreads threads,
            Optional<ClusterSeat> seat) {
        this.seat = seat;
        this.config = config;
        this.platform = platform;
        this.directory = directory;
        this.threads = threads;
    }

    static Broker open(
            BrokerConfig config, BrokerPlatform platform, CheckpointStore.Opener stores, Optional<ClusterSeat> seat) {
        DataDirectory directory = DataDirectory.open(
                platform.disk(),
                config.dataDirectory(),
                platform.newNodeId(),
                platform.clock().instant());
        BrokerThreads threads = BrokerThreads.start(config.deliveryThreads());
        BrokerAssembly assembly = new BrokerAssembly(config, platform, directory, threads, seat);
        try {
            return assembly.assemble(stores);
        } catch (IOException | RuntimeException e) {
            threads.stop();
            assembly.stores.forEach(BrokerAssembly::closeQuietly);
            closeQuietly(directory);
            throw asStartupException(e, config);
        }
    }

    private static StartupException asStartupException(Exception e, BrokerConfig config) {
        return e instanceof StartupException startup
                ? startup
                : new StartupException(
                        StartupFailure.DATA_DIRECTORY_UNUSABLE,
                        "cannot open the data directory %s: %s".formatted(config.dataDirectory(), e.getMessage()),
                        e);
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Closing after a failed start", e);
        }
    }

    private Broker assemble(CheckpointStore.Opener opener) throws IOException {
        List<StateChangeRelay> relays = new ArrayList<>();
        List<Shard> opened = new ArrayList<>();
        for (int shard = 0; shard < shardCount(); shard++) {
            StateChangeRelay relay = new StateChangeRelay(shard == 0, figures, threads.upkeep());
            relays.add(relay);
            opened.add(new Shard(shard, engine(shard, opener, relay), leadership(shard)));
        }
        Shards shards = new Shards(opened, seat.isPresent());
        DeliveryContext delivery = deliveryContext();
        Subscriptions subscriptions = new Subscriptions(shards.state(), delivery, config.delivery(), platform.clock());
        relays.forEach(relay -> relay.connect(shards.state(), subscriptions));
        if (seat.isPresent()) {
            seat.get().opened(opened.stream().map(Shard::engine).toList());
        }
        return assemble(shards, subscriptions, delivery);
    }

    private int shardCount() {
        return seat.map(ClusterSeat::shards).orElse(1);
    }

    private Leadership leadership(int shard) {
        return seat.map(taken -> taken.leadership(shard)).orElse(platform.leadership());
    }

    private Engine engine(int shard, CheckpointStore.Opener opener, StateListener listener) throws IOException {
        ShardDirectory place = directory.shard(shard);
        CheckpointStore store = opener.open(place.checkpoint());
        stores.add(store);
        Engine.Platform enginePlatform = platform.engine(threads);
        return Engine.open(
                config.engine().share(shardCount()),
                enginePlatform,
                place,
                store,
                journals(shard, enginePlatform),
                state -> listener);
    }

    private JournalSource journals(int shard, Engine.Platform enginePlatform) throws IOException {
        if (shard > 0) {
            return shared(seat.orElseThrow(), shard, enginePlatform);
        }
        FileJournalSource single = new FileJournalSource(
                config.engine().journal(),
                enginePlatform,
                directory.shard(shard).journal(),
                platform.observer());
        return seat.isEmpty()
                ? single
                : new GrownJournalSource(
                        single,
                        shared(seat.get(), shard, enginePlatform),
                        directory.disk().exists(directory.raft()));
    }

    private RaftJournalSource shared(ClusterSeat taken, int shard, Engine.Platform enginePlatform) {
        RaftJournalConfig shared = config.raftJournal(shardCount());
        return new RaftJournalSource(
                shared,
                platform.observer(),
                checkpoint -> taken.log(directory, shard, checkpoint, shared.largestEntryBytes()),
                enginePlatform.threads());
    }

    private DeliveryContext deliveryContext() {
        return new DeliveryContext(
                threads.delivery(),
                new AppendWaiters(),
                platform.clock(),
                platform.nanoClock(),
                new CountingObserver(figures, platform.observer()),
                damage::found);
    }

    private Broker assemble(Shards shards, Subscriptions subscriptions, DeliveryContext delivery) throws IOException {
        DiskSpace diskSpace = new DiskSpace(
                directory,
                config.freeBytesMin(),
                () -> shards.all().stream().anyMatch(shard -> shard.state().isStalled()));
        diskSpace.refresh();
        TopicSpread spread = new TopicSpread(shards);
        Topics topics = new Topics(shards, spread, config.limits(), config.segmentBytes(), platform.clock());
        new GroupHome(shards, subscriptions).follow();
        Appender appender = new Appender(
                shards,
                seat.isPresent() ? Durability.REPLICATED : Durability.FSYNCED,
                diskSpace,
                figures,
                platform.observer(),
                platform.clock(),
                platform.nanoClock());
        Publisher publisher = new Publisher(topics, shards, appender, config.limits());
        Groups groups = new Groups(shards, subscriptions, delivery, config.limits(), platform.clock());
        Scrubber scrubber = new Scrubber(() -> List.copyOf(shards.state().logs()), damage::found);
        Upkeep upkeep = new Upkeep(
                config.upkeep(),
                shards,
                spread,
                subscriptions,
                diskSpace,
                figures,
                scrubber,
                platform.observer(),
                platform.clock(),
                platform.nanoClock());
        upkeep.startOn(threads.upkeep());
        BrokerStatus status =
                new BrokerStatus(config, directory, shards, subscriptions, diskSpace, figures, damage, scrubber, seat);
        seat.ifPresent(taken -> taken.serving(status));
        return new Broker(
                directory,
                shards,
                threads,
                subscriptions,
                config.limits(),
                topics,
                publisher,
                new BatchPublisher(shards, appender, config.limits(), platform.clock()),
                new Reader(shards, delivery),
                groups,
                status,
                shards.catalog().leadership(),
                seat.map(ClusterSeat::operations).orElseGet(() -> new SingleNode(status)),
                seat);
    }
}
