package io.mq.bench.micro;

import io.mq.bench.server.Directories;
import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerObserver;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.config.Configuration;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A broker on the real disk with all defaults, which is gone with all it has stored when it is closed. */
record TemporaryBroker(Broker broker, Path directory) implements Closeable {

    static TemporaryBroker open() throws IOException {
        Path directory = Files.createTempDirectory("mq-micro");
        Map<String, String> settings =
                Map.of("mq.data-dir", directory.resolve("data").toString(), "mq.storage.free-bytes-min", "0");
        Broker broker = Broker.open(
                BrokerConfig.from(Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)))),
                BrokerPlatform.real(BrokerObserver.NONE),
                path -> new NoStore());
        return new TemporaryBroker(broker, directory);
    }

    @Override
    public void close() throws IOException {
        broker.close();
        Directories.delete(directory);
    }

    /** Nothing is to be found after a restart. */
    private static final class NoStore implements CheckpointStore {

        @Override
        public StateImage load() {
            return StateImage.EMPTY;
        }

        @Override
        public void save(StateDelta delta) {}

        @Override
        public void replace(StateImage image) {}

        @Override
        public void close() {}
    }
}
