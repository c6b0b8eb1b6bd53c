package io.mq.core.delivery;

import io.mq.batch.RecordCodec;
import io.mq.core.error.BrokerException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A subscriber with so much credit, which remembers what it gets and whether the contract was kept. */
public final class RecordingSubscriber implements MessageSubscriber {

    private final AtomicInteger credit;
    private final AtomicBoolean isInCall = new AtomicBoolean();
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private volatile BrokerException end;
    private volatile Executor socket;

    public RecordingSubscriber(int credit) {
        this.credit = new AtomicInteger(credit);
    }

    public static RecordingSubscriber unlimited() {
        return new RecordingSubscriber(Integer.MAX_VALUE);
    }

    /** Says which thread serves its socket. */
    RecordingSubscriber on(Executor itsSocket) {
        socket = itsSocket;
        return this;
    }

    @Override
    public Optional<Executor> socket() {
        return Optional.ofNullable(socket);
    }

    /** Lets so many more messages come; the subscription must be resumed. */
    public void grant(int more) {
        credit.addAndGet(more);
    }

    @Override
    public boolean isReady() {
        return credit.get() > 0;
    }

    @Override
    public void deliver(Delivery delivery) {
        enter();
        if (credit.getAndDecrement() <= 0) {
            breaches.add("delivered although not ready: " + delivery);
        }
        if (end != null) {
            breaches.add("delivered after the end: " + delivery);
        }
        deliveries.add(delivery);
        isInCall.set(false);
    }

    @Override
    public void end(BrokerException reason) {
        enter();
        if (end != null) {
            breaches.add("ended twice");
        }
        end = reason;
        isInCall.set(false);
    }

    private void enter() {
        if (!isInCall.compareAndSet(false, true)) {
            breaches.add("called by two threads at once");
        }
    }

    public List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    public List<String> payloads() {
        return deliveries.stream().map(RecordingSubscriber::payload).toList();
    }

    public List<Long> offsets() {
        return deliveries.stream().map(Delivery::offset).toList();
    }

    public static String payload(Delivery delivery) {
        return StandardCharsets.UTF_8
                .decode(RecordCodec.decode(delivery.record()).payload())
                .toString();
    }

    /** Why no more messages follow; null while they do. */
    public BrokerException end() {
        return end;
    }

    /** What was done to this subscriber against its contract. */
    public List<String> breaches() {
        return breaches;
    }
}
