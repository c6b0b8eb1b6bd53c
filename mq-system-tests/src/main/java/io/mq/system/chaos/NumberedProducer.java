package io.mq.system.chaos;

import io.mq.client.Message;
import io.mq.client.MqClient;
import io.mq.client.MqException;
import io.mq.client.Producer;
import io.mq.client.ProducerConfig;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends with mq's own client, which lives through all lives of the server: it connects again by itself and sends again
 * what it has no answer for. So its messages stand in the log in their order, each exactly once.
 */
final class NumberedProducer implements Closeable {

    private static final int IN_FLIGHT_MAX = 256;
    private static final int WAIT_MILLIS = 50;

    private static final Duration PAUSE = Duration.ofMillis(10);

    /** Longer than any server takes to come back. */
    private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(5);

    private final Pace pace;
    private final int partition;
    private final long seed;
    private final Ledger ledger;
    private final MqClient client;
    private final Producer producer;
    private final Thread thread = new Thread(this::send, "numbered-producer");
    private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);

    private volatile boolean isPaused;
    private volatile boolean isClosing;
    private volatile MqException failure;

    private NumberedProducer(List<String> addresses, String topic, int partition, long seed, Pace pace, Ledger ledger) {
        this.pace = pace;
        this.partition = partition;
        this.seed = seed;
        this.ledger = ledger;
        this.client = MqClient.forAddresses(addresses).build();
        this.producer = client.producer(
                ProducerConfig.builder(topic).deliveryTimeout(DELIVERY_TIMEOUT).build());
    }

    /** @param addresses where all lives of the servers listen */
    static NumberedProducer start(
            List<String> addresses, String topic, int partition, long seed, Pace pace, Ledger ledger) {
        NumberedProducer started = new NumberedProducer(addresses, topic, partition, seed, pace, ledger);
        started.thread.start();
        return started;
    }

    private void send() {
        try {
            for (long sequence = 0; !isClosing && failure == null; ) {
                if (isPaused) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                } else if (room.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                    pace.await(sequence);
                    send(sequence++);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MqException e) {
            failure = e;
        }
    }

    private void send(long sequence) {
        byte[] payload = new TestMessage(seed, partition, sequence).payload().toByteArray();
        producer.send(Message.of(payload).toPartition(partition), (published, refusal) -> {
            if (refusal == null) {
                ledger.acknowledged(published.offset(), sequence);
            } else {
                failure = refusal;
            }
            room.release();
        });
    }

    /** Sends nothing new for now, or again; what is under way goes on. */
    void setPaused(boolean whether) {
        isPaused = whether;
    }

    /** Why a message was not stored, which must never be. */
    Optional<MqException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Sends nothing more, and waits for what was sent; the server must be there. */
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
