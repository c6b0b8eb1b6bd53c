package io.mq.bench.peers.mq;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.Publisher;
import io.mq.client.Message;
import io.mq.client.MqClient;
import io.mq.client.Producer;
import io.mq.client.ProducerConfig;
import io.mq.client.SendCallback;

/** mq's own producer with its defaults, which bounds by its own buffer what is unacknowledged. */
final class BatchPublisher implements Publisher {

    private final MqClient client;
    private final Producer producer;
    private final SendCallback callback;

    BatchPublisher(String topic, MqClient client, Acknowledgements acknowledgements) {
        this.client = client;
        this.producer = client.producer(ProducerConfig.builder(topic).build());
        this.callback = (published, failure) -> {
            if (failure == null) {
                acknowledgements.acknowledged();
            } else {
                acknowledgements.failed(failure);
            }
        };
    }

    @Override
    public void publish(byte[] payload) {
        producer.send(Message.of(payload), callback);
    }

    @Override
    public void close() {
        producer.close();
        client.close();
    }
}
