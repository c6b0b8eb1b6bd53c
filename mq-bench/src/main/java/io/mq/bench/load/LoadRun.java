package io.mq.bench.load;

import io.mq.client.MqClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Producers, consumers or both on a topic of their own, for a time. */
final class LoadRun {

    private final String address;
    private final String topic;
    private final LoadMixin load;
    private final Meter acknowledged = new Meter();
    private final Meter delivered = new Meter();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<ProducerLoad> producers = new ArrayList<>();
    private final List<ConsumerLoad> consumers = new ArrayList<>();

    LoadRun(String address, LoadMixin load) {
        this.address = address;
        this.topic = "load-" + Long.toUnsignedString(System.nanoTime(), 36);
        this.load = load;
        try (MqClient client = MqClient.forTarget(address).build()) {
            client.admin().createTopic(topic, load.partitions).join();
        }
    }

    LoadRun withProducers() {
        for (int i = 0; i < load.producers; i++) {
            producers.add(new ProducerLoad(
                    address, topic, load.shape(), (double) load.rate / load.producers, acknowledged, failure));
        }
        return this;
    }

    LoadRun withConsumers() {
        return withConsumers("load", delivered);
    }

    private LoadRun withConsumers(String group, Meter meter) {
        for (int i = 0; i < load.consumers; i++) {
            consumers.add(new ConsumerLoad(address, topic, group, meter, failure));
        }
        return this;
    }

    /**
     * Publishes for the time of the measurement and then reads all of it twice, with the clock running from the beginning
     * of the second time to its last message.
     */
    Map<String, Object> consume() throws IOException, InterruptedException {
        withProducers();
        acknowledged.start();
        producers.forEach(ProducerLoad::start);
        pause(load.seconds);
        producers.forEach(ProducerLoad::close);
        acknowledged.stop();
        producers.clear();
        readAll("warm-up", new Meter());
        readAll("load", delivered);
        return figures("consume", false, true);
    }

    private void readAll(String group, Meter meter) throws IOException, InterruptedException {
        withConsumers(group, meter);
        meter.start();
        consumers.forEach(ConsumerLoad::start);
        while (meter.count() < acknowledged.count()) {
            TimeUnit.MILLISECONDS.sleep(1);
            requireSuccess();
        }
        meter.stop();
        consumers.forEach(ConsumerLoad::close);
        consumers.clear();
    }

    /** Runs the load and answers its figures. */
    Map<String, Object> run(String workload) throws IOException, InterruptedException {
        consumers.forEach(ConsumerLoad::start);
        producers.forEach(ProducerLoad::start);
        pause(load.warmUpSeconds);
        acknowledged.start();
        delivered.start();
        pause(load.seconds);
        acknowledged.stop();
        delivered.stop();
        boolean hasProducers = !producers.isEmpty();
        boolean hasConsumers = !consumers.isEmpty();
        producers.forEach(ProducerLoad::close);
        consumers.forEach(ConsumerLoad::close);
        requireSuccess();
        return figures(workload, hasProducers, hasConsumers);
    }

    private void pause(int seconds) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(seconds);
        requireSuccess();
    }

    private void requireSuccess() throws IOException {
        if (failure.get() != null) {
            throw new IOException("the load failed: " + failure.get(), failure.get());
        }
    }

    private Map<String, Object> figures(String workload, boolean hasProducers, boolean hasConsumers) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("workload", workload);
        figures.put("bytes", (long) load.bytes);
        figures.put("partitions", (long) load.partitions);
        figures.put("codec", load.codec.name());
        if (hasProducers) {
            figures.put("producers", (long) load.producers);
            figures.put("published_per_s", acknowledged.perSecond());
            figures.put("published_MB_per_s", acknowledged.perSecond() * load.bytes / 1e6);
            figures.putAll(acknowledged.millis("ack"));
        }
        if (hasConsumers) {
            figures.put("consumers", (long) load.consumers);
            figures.put("delivered_per_s", delivered.perSecond());
            figures.put("delivered_MB_per_s", delivered.perSecond() * load.bytes / 1e6);
        }
        if (hasProducers && hasConsumers) {
            figures.putAll(delivered.millis("delivery"));
        }
        return figures;
    }
}
