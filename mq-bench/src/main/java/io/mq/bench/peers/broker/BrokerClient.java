package io.mq.bench.peers.broker;

import java.io.Closeable;
import java.io.IOException;

/** An application's side of a broker. Every topic has one partition, and a copy on each node. */
public interface BrokerClient extends Closeable {

    /** Creates a topic that is not there yet. */
    void createTopic(String topic) throws IOException;

    /**
     * A producer with a connection of its own.
     *
     * @param acknowledgements hears of each message that the broker has acknowledged, and of each that it refused
     */
    Publisher publisher(String topic, PublishMode mode, Acknowledgements acknowledgements) throws IOException;

    /**
     * Reads a topic from its oldest message on a connection of its own, commits nothing, and stays until it is closed.
     */
    Closeable consume(String topic, Deliveries deliveries) throws IOException;
}
