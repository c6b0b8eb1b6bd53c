package io.mq.ejb.upkeep;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerObserver;
import io.mq.core.message.Topic;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;

/** Measures what the broker does as it does it. What can be asked for later is {@link StatusCollector}'s. */
public final class BrokerMetrics implements BrokerObserver {

    private static final double NANOS_PER_SECOND = 1e9;

    /** From what a fast disk takes to what a sick one takes. */
    private static final double[] FORCE_SECONDS = {
        0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5
    };

    private static final double[] DELIVERY_SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10, 60, 600
    };

    private static final double[] CHECKPOINT_SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

    private final PrometheusRegistry registry = new PrometheusRegistry();

    private final Histogram publishSeconds =
            histogram("mq_publish", "From a message's arrival at the broker to its acknowledgement.", FORCE_SECONDS);

    private final Histogram deliverySeconds =
            histogram("mq_delivery", "Age of the oldest message handed to a subscriber at a time.", DELIVERY_SECONDS);

    private final Histogram forceSeconds = histogram(
            "mq_journal_force", "How long the disk took to make a round of the journal durable.", FORCE_SECONDS);

    private final Histogram commitSeconds = histogram(
            "mq_journal_commit",
            "From the proposal of an entry by this node until a majority of its cluster has it on disk.",
            FORCE_SECONDS);

    private final Histogram checkpointSeconds =
            histogram("mq_checkpoint", "How long a checkpoint took.", CHECKPOINT_SECONDS);

    private final Counter journalCommands = counter("mq_journal_commands", "Commands made durable.");

    private final Counter journalBytes = counter("mq_journal_bytes", "Bytes written to the journal.");

    private final Counter placedBytes = counter(
            "mq_journal_placed_bytes", "Bytes of large batches forced into their segments instead of the journal.");

    public BrokerMetrics() {
        JvmMetrics.builder().register(registry);
    }

    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .unit(Unit.SECONDS)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }

    private Counter counter(String name, String help) {
        return Counter.builder().name(name).help(help).register(registry);
    }

    /** Adds what the broker can tell of itself. */
    public void observe(Broker broker) {
        registry.register(new StatusCollector(broker));
    }

    public PrometheusRegistry registry() {
        return registry;
    }

    @Override
    public void published(int messages, int bytes, long nanos) {
        publishSeconds.observe(nanos / NANOS_PER_SECOND);
    }

    @Override
    public void delivered(Topic topic, int messages, long bytes, long delayMillis) {
        deliverySeconds.observe(delayMillis / 1000.0);
    }

    @Override
    public void roundForced(int commands, int bytes, long placed, long forceNanos) {
        forceSeconds.observe(forceNanos / NANOS_PER_SECOND);
        journalCommands.inc(commands);
        journalBytes.inc(bytes);
        placedBytes.inc(placed);
    }

    @Override
    public void entryApplied(int commands, int bytes) {
        journalCommands.inc(commands);
        journalBytes.inc(bytes);
    }

    @Override
    public void entryCommitted(long nanos) {
        commitSeconds.observe(nanos / NANOS_PER_SECOND);
    }

    @Override
    public void checkpointed(long nanos) {
        checkpointSeconds.observe(nanos / NANOS_PER_SECOND);
    }
}
