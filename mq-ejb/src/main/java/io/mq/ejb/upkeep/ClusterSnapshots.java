package io.mq.ejb.upkeep;

import io.mq.core.cluster.ClusterFigures;
import io.mq.core.cluster.ClusterFigures.Shard;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.ToLongFunction;

/** A node's part in its cluster, as metrics. */
final class ClusterSnapshots {

    private ClusterSnapshots() {}

    static void add(ClusterFigures cluster, List<MetricSnapshot> all) {
        List<Shard> shards = cluster.shards();
        all.add(StatusCollector.gauge(
                "mq_cluster_nodes", "Nodes that are there, this one included.", cluster.presentNodes()));
        all.add(gauge("mq_shard_leader", "1 where this node leads.", shards, shard -> shard.isLeading() ? 1 : 0));
        all.add(gauge("mq_shard_term", "The term of this node's replica.", shards, Shard::term));
        all.add(lags(shards));
        all.add(counter("mq_shard_elections", "Terms that have begun.", shards, Shard::elections));
        all.add(counter(
                "mq_shard_snapshot_received_bytes",
                "Of checkpoints taken over from other nodes.",
                shards,
                Shard::snapshotBytesReceived));
        all.add(counter(
                "mq_shard_snapshot_sent_bytes",
                "Of checkpoints lent to other nodes.",
                shards,
                Shard::snapshotBytesSent));
    }

    private static GaugeSnapshot lags(List<Shard> shards) {
        GaugeSnapshot.Builder lags = GaugeSnapshot.builder()
                .name("mq_shard_lag_entries")
                .help("Entries of the log that a follower is not known to have, where this node leads.");
        for (Shard shard : shards) {
            shard.lagEntries()
                    .forEach((node, lag) -> lags.dataPoint(
                            StatusCollector.point(Labels.of("shard", shard.name(), "node", node), lag.doubleValue())));
        }
        return lags.build();
    }

    private static GaugeSnapshot gauge(String name, String help, List<Shard> shards, ToLongFunction<Shard> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        shards.forEach(
                shard -> gauge.dataPoint(StatusCollector.point(labelsOf(shard), (double) value.applyAsLong(shard))));
        return gauge.build();
    }

    private static CounterSnapshot counter(String name, String help, List<Shard> shards, ToLongFunction<Shard> value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help + " Since the node's start.");
        shards.forEach(shard -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labelsOf(shard))
                .value((double) value.applyAsLong(shard))
                .build()));
        return counter.build();
    }

    private static Labels labelsOf(Shard shard) {
        return Labels.of("shard", shard.name());
    }
}
