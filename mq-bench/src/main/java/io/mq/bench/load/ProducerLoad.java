package io.mq.bench.load;

import io.mq.bench.pace.DueTime;
import io.mq.client.Message;
import io.mq.client.MqClient;
import io.mq.client.MqException;
import io.mq.client.Producer;
import io.mq.client.ProducerConfig;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One producer on a thread of its own. At a rate, each message carries the moment at which it was due, not at which it
 * was sent, so a server that stalls is charged for all that it kept waiting; without one, the moment of its send.
 */
final class ProducerLoad implements Closeable {

    /** Without a rate, so many share a time stamp: asking the clock costs as much as sending a small message. */
    private static final int SENDS_PER_STAMP = 64;

    private final MqClient client;
    private final Producer producer;
    private final double intervalNanos;
    private final byte[] noise;
    private final int partitions;
    private final Meter acknowledged;
    private final AtomicReference<Throwable> failure;
    private final Thread thread = new Thread(this::send, "load-producer");
    private volatile boolean isClosing;

    /** @param perSecond 0 for as many as go */
    ProducerLoad(
            String address,
            String topic,
            LoadShape shape,
            double perSecond,
            Meter acknowledged,
            AtomicReference<Throwable> failure) {
        this.client = MqClient.forTarget(address).build();
        this.producer = client.producer(
                ProducerConfig.builder(topic).compression(shape.codec()).build());
        this.intervalNanos = perSecond == 0 ? 0 : 1e9 / perSecond;
        this.noise = new byte[shape.bytes()];
        this.partitions = shape.partitions();
        this.acknowledged = acknowledged;
        this.failure = failure;
        // Half of it noise, so that a codec has something to do and something to find.
        byte[] half = new byte[noise.length / 2];
        new Random(1).nextBytes(half);
        System.arraycopy(half, 0, noise, noise.length - half.length, half.length);
    }

    ProducerLoad start() {
        thread.start();
        return this;
    }

    private void send() {
        long start = System.nanoTime();
        long due = start;
        try {
            for (long i = 0; !isClosing && failure.get() == null; i++) {
                if (intervalNanos > 0) {
                    due = start + (long) (i * intervalNanos);
                    DueTime.await(due);
                } else if (i % SENDS_PER_STAMP == 0) {
                    due = System.nanoTime();
                }
                send(due, (int) (i % partitions), intervalNanos > 0 || i % SENDS_PER_STAMP == 0);
            }
        } catch (MqException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void send(long due, int partition, boolean isTimed) {
        byte[] payload = noise.clone();
        ByteBuffer.wrap(payload).putLong(0, due);
        producer.send(Message.of(payload).toPartition(partition), (published, refusal) -> {
            if (refusal != null) {
                failure.compareAndSet(null, refusal);
                return;
            }
            acknowledged.count(1);
            if (isTimed) {
                acknowledged.took(due);
            }
        });
    }

    /** Waits for what was sent. */
    @Override
    public void close() {
        isClosing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
        client.close();
    }
}
