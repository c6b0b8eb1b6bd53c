package io.mq.bench.load;

import io.mq.batch.Compression;
import io.mq.bench.compare.Comparison.Rate;
import io.mq.client.MqClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many messages of one producer are acknowledged per second. Each measurement has a topic of its own, which is
 * deleted after it: what many of them store would not fit on the disk.
 */
public final class PublishRate implements Rate {

    private final String address;
    private final LoadShape shape;
    private final Duration warmUp;
    private final Duration measured;

    /** @param bytes of a payload, 8 at least */
    public PublishRate(String address, int bytes, int partitions, Duration warmUp, Duration measured) {
        this.address = address;
        this.shape = new LoadShape(bytes, partitions, Compression.NONE);
        this.warmUp = warmUp;
        this.measured = measured;
    }

    @Override
    public double perSecond() throws IOException, InterruptedException {
        String topic = "rate-" + Long.toUnsignedString(System.nanoTime(), 36);
        try (MqClient client = MqClient.forTarget(address).build()) {
            client.admin().createTopic(topic, shape.partitions()).join();
            double rate = measure(topic);
            client.admin().deleteTopic(topic).join();
            return rate;
        }
    }

    private double measure(String topic) throws IOException, InterruptedException {
        Meter acknowledged = new Meter();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (ProducerLoad producer = new ProducerLoad(address, topic, shape, 0, acknowledged, failure)) {
            producer.start();
            TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
            acknowledged.start();
            TimeUnit.NANOSECONDS.sleep(measured.toNanos());
            acknowledged.stop();
        }
        if (failure.get() != null) {
            throw new IOException("the load failed: " + failure.get(), failure.get());
        }
        return acknowledged.perSecond();
    }
}
