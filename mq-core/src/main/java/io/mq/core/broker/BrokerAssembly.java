package io.mq.core.broker;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.cluster.Leadership;
import io.mq.core.delivery.AppendWaiters;
import io.mq.core.delivery.DeliveryContext;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.error.BrokerException;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.Scrubber;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

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
        CheckpointStore store = null;
        try {
            store = stores.open(directory.checkpoint());
            return new BrokerAssembly(config, platform, directory, threads, seat).assemble(store);
        } catch (IOException | RuntimeException e) {
            threads.stop();
            closeQuietly(store);
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
            if (closeable != null) {
                closeable.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Closing after a failed start", e);
        }
    }

    private Broker assemble(CheckpointStore store) throws IOException {
        DeliveryContext delivery = deliveryContext();
        AtomicReference<Subscriptions> subscriptions = new AtomicReference<>();
        Engine.Platform enginePlatform = platform.engine(threads);
        Engine engine =
                Engine.open(config.engine(), enginePlatform, directory, store, journals(enginePlatform), state -> {
                    subscriptions.set(new Subscriptions(state, delivery, config.delivery(), platform.clock()));
                    return new StateChangeRelay(subscriptions.get(), figures, threads.upkeep());
                });
        if (seat.isPresent()) {
            seat.get().opened(engine);
        }
        return assemble(engine, subscriptions.get(), delivery);
    }

    private JournalSource journals(Engine.Platform enginePlatform) throws IOException {
        FileJournalSource single = new FileJournalSource(
                config.engine().journal(), enginePlatform, directory.journal(), platform.observer());
        return seat.isEmpty()
                ? single
                : new GrownJournalSource(
                        single,
                        shared(seat.get(), enginePlatform),
                        directory.disk().exists(directory.raft()));
    }

    private RaftJournalSource shared(ClusterSeat taken, Engine.Platform enginePlatform) {
        RaftJournalConfig shared = config.raftJournal();
        return new RaftJournalSource(
                shared,
                checkpoint -> taken.log(directory, checkpoint, shared.largestEntryBytes()),
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

    /** Only the leader knows its groups' members: subscribers of a node that stops leading are to find the one that does. */
    private static void follow(Leadership leadership, Subscriptions subscriptions) {
        // Or two changes, one close behind the other, might take effect the other way round.
        synchronized (subscriptions) {
            if (leadership.isLeading()) {
                subscriptions.resume();
            } else {
                subscriptions.pause(BrokerException.notLeading("this node does not lead, or no longer; call again"));
            }
        }
    }

    private Broker assemble(Engine engine, Subscriptions subscriptions, DeliveryContext delivery) throws IOException {
        DiskSpace diskSpace = new DiskSpace(directory, config.freeBytesMin(), engine.state()::isStalled);
        diskSpace.refresh();
        Topics topics = new Topics(engine, config.limits(), config.segmentBytes(), platform.clock());
        Leadership leadership = seat.map(ClusterSeat::leadership).orElse(platform.leadership());
        leadership.onChange(() -> follow(leadership, subscriptions));
        follow(leadership, subscriptions);
        Appender appender = new Appender(
                engine.journal(),
                seat.isPresent() ? Durability.REPLICATED : Durability.FSYNCED,
                diskSpace,
                figures,
                platform.observer(),
                platform.clock(),
                platform.nanoClock());
        Publisher publisher = new Publisher(topics, engine.state().catalog(), appender, config.limits());
        Groups groups = new Groups(engine, subscriptions, delivery, config.limits(), platform.clock());
        Scrubber scrubber = new Scrubber(() -> List.copyOf(engine.state().logs().all()), damage::found);
        Upkeep upkeep = new Upkeep(
                config.upkeep(),
                engine,
                leadership,
                subscriptions,
                diskSpace,
                figures,
                scrubber,
                platform.observer(),
                platform.clock(),
                platform.nanoClock());
        upkeep.startOn(threads.upkeep());
        BrokerStatus status =
                new BrokerStatus(config, directory, engine, subscriptions, diskSpace, figures, damage, scrubber, seat);
        seat.ifPresent(taken -> taken.serving(status));
        return new Broker(
                directory,
                engine,
                threads,
                subscriptions,
                config.limits(),
                topics,
                publisher,
                new BatchPublisher(engine, appender, config.limits(), platform.clock()),
                new Reader(engine.state(), delivery),
                groups,
                status,
                leadership,
                seat.map(ClusterSeat::operations).orElseGet(() -> new SingleNode(status)),
                seat);
    }
}
