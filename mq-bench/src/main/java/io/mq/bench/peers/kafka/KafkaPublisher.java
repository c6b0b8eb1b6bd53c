package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.Publisher;
import io.mq.bench.peers.broker.Window;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer, which bounds by its own memory what is unacknowledged. */
final class KafkaPublisher implements Publisher {

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Window window;
    private final Callback callback;

    KafkaPublisher(String topic, Map<String, Object> properties, Acknowledgements acknowledgements, int inFlightMax) {
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.window = new Window(inFlightMax, acknowledgements);
        this.callback = (metadata, failure) -> window.leave(failure);
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        window.enter();
        Future<?> unused = producer.send(new ProducerRecord<>(topic, payload), callback);
    }

    @Override
    public void close() {
        producer.close();
    }
}
