package io.mq.ejb.upkeep;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerStatus;
import io.mq.core.broker.ForwardedFigures;
import io.mq.core.broker.GroupDescription;
import io.mq.core.broker.GroupDescription.GroupPartition;
import io.mq.core.broker.TopicDescription;
import io.mq.core.broker.TopicFigures;
import io.mq.core.error.BrokerException;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Asks the broker, each time metrics are collected, what it can tell: nothing has to be registered when a topic or group
 * comes, and nothing is left when it goes.
 */
final class StatusCollector implements MultiCollector {

    private final Broker broker;

    StatusCollector(Broker broker) {
        this.broker = broker;
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> all = new ArrayList<>();
        addNode(all);
        addTopics(all);
        addGroups(all);
        broker.status().cluster().ifPresent(cluster -> ClusterSnapshots.add(cluster, all));
        return new MetricSnapshots(all);
    }

    private void addNode(List<MetricSnapshot> all) {
        BrokerStatus status = broker.status();
        all.add(InfoSnapshot.builder()
                .name("mq_node")
                .help("Which node this is.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of("node", status.nodeId(), "version", status.version()))
                        .build())
                .build());
        all.add(gauge(
                "mq_ready",
                "1 while messages are taken and delivered.",
                status.health().isReady() ? 1 : 0));
        all.add(gauge("mq_producers", "Producers with a number that are remembered.", status.producers()));
        all.add(gauge("mq_subscriptions", "Open subscriptions.", status.subscriptions()));
        all.add(gauge("mq_disk_usable_bytes", "Bytes that may still be written.", (double) status.usableDiskBytes()));
        all.add(gauge("mq_disk_full", "1 while publishing is refused for want of disk.", status.isDiskFull() ? 1 : 0));
        all.add(gauge(
                "mq_checkpoint_age_seconds",
                "Time since the last checkpoint was complete.",
                status.checkpointAge().toMillis() / 1000.0));
        all.add(gauge("mq_journal_replayable_bytes", "Journal bytes that a restart would have to replay now.", (double)
                status.replayableJournalBytes()));
        all.add(gauge("mq_damages", "Places where stored bytes were found damaged.", status.damages()));
        all.add(counter(
                "mq_scrub_passes", "How often everything stored has been re-read and checked.", status.scrubPasses()));
        ForwardedFigures forwarded = status.figures().forwarded();
        all.add(counter("mq_forwarded_calls", "Calls and requests passed on to the leader.", forwarded.calls()));
        all.add(counter("mq_forwarded_bytes", "Bytes of their messages, both ways.", forwarded.bytes()));
    }

    private void addTopics(List<MetricSnapshot> all) {
        List<TopicDescription> topics = broker.topics().list();
        all.add(topicGauge(
                "mq_topic_partitions", "Partitions.", topics, t -> t.topic().partitions()));
        all.add(topicGauge("mq_topic_messages", "Messages kept.", topics, TopicDescription::messages));
        all.add(topicGauge("mq_topic_bytes", "Bytes stored.", topics, TopicDescription::bytes));
        all.add(topicCounter("mq_topic_published_messages", "Published.", topics, TopicFigures::publishedMessages));
        all.add(topicCounter("mq_topic_published_bytes", "Published.", topics, TopicFigures::publishedBytes));
        all.add(topicCounter(
                "mq_topic_delivered_messages", "Sent to subscribers.", topics, TopicFigures::deliveredMessages));
        all.add(topicCounter("mq_topic_delivered_bytes", "Sent to subscribers.", topics, TopicFigures::deliveredBytes));
    }

    private void addGroups(List<MetricSnapshot> all) {
        GaugeSnapshot.Builder lag =
                GaugeSnapshot.builder().name("mq_group_lag_messages").help("Kept messages that are not committed.");
        GaugeSnapshot.Builder members =
                GaugeSnapshot.builder().name("mq_group_members").help("Members now.");
        for (String name : broker.groups().names()) {
            try {
                GroupDescription group = broker.groups().describe(name);
                lagByTopic(group)
                        .forEach((topic, messages) ->
                                lag.dataPoint(point(Labels.of("group", name, "topic", topic), (double) messages)));
                members.dataPoint(
                        point(Labels.of("group", name), group.members().size()));
            } catch (BrokerException goneMeanwhile) {
                // It was the last member's, and nothing was committed.
            }
        }
        all.add(lag.build());
        all.add(members.build());
    }

    private static Map<String, Long> lagByTopic(GroupDescription group) {
        Map<String, Long> lag = new TreeMap<>();
        for (GroupPartition partition : group.partitions()) {
            lag.merge(partition.topic(), partition.lag(), Long::sum);
        }
        return lag;
    }

    private static CounterSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value((double) value)
                        .build())
                .build();
    }

    static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build();
    }

    private static GaugeSnapshot topicGauge(
            String name, String help, List<TopicDescription> topics, ToLongFunction<TopicDescription> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        topics.forEach(topic -> gauge.dataPoint(point(labelsOf(topic), (double) value.applyAsLong(topic))));
        return gauge.build();
    }

    private CounterSnapshot topicCounter(
            String name, String help, List<TopicDescription> topics, ToLongFunction<TopicFigures> value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help + " Since the node's start.");
        for (TopicDescription topic : topics) {
            TopicFigures figures = broker.status().figures().of(topic.topic());
            counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labelsOf(topic))
                    .value((double) value.applyAsLong(figures))
                    .build());
        }
        return counter.build();
    }

    private static Labels labelsOf(TopicDescription topic) {
        return Labels.of("topic", topic.topic().name());
    }
}
