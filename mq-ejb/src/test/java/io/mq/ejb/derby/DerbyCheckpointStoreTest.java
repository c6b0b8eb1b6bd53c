package io.mq.ejb.derby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.checkpoint.CheckpointStoreContract;
import io.mq.core.checkpoint.Deltas;
import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.ProducerImage;
import io.mq.core.state.ProducerState;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import io.mq.core.storage.LogState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store on Derby keeps the promise of the port, and what Derby adds to it does no harm. */
class DerbyCheckpointStoreTest extends CheckpointStoreContract {

    @Override
    protected CheckpointStore open(Path directory) throws IOException {
        return DerbyCheckpointStore.open(directory);
    }

    /** Offsets are written last, so everything else of the save has been sent to Derby by then. */
    @Test
    void saveThatFailsHalfwayLeavesWhatWasThere() throws IOException {
        Topic orders = topic(1, "orders");
        Topic other = topic(2, "other");
        GroupOffset before = new GroupOffset("g", orders.partition(0), 1, "before", Instant.EPOCH);
        GroupOffset unsavable = new GroupOffset(
                "a name that the column has no room for".repeat(10), other.partition(0), 1, "", Instant.EPOCH);
        StateDelta bad = Deltas.at(2, 3)
                .without(orders)
                .with(other)
                .with(new PartitionId(2, 0), LogState.NEW)
                .with(unsavable)
                .delta();
        StateImage expected = new StateImage(
                LogPosition.of(1),
                2,
                List.of(orders),
                Map.of(orders.partition(0), LogState.NEW),
                List.of(before),
                ProducerImage.EMPTY);

        try (CheckpointStore store = open(temporary.resolve("derby"))) {
            store.save(Deltas.at(1, 2)
                    .with(orders)
                    .with(orders.partition(0), LogState.NEW)
                    .with(before)
                    .delta());

            assertThatThrownBy(() -> store.save(bad))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("written");

            assertThat(store.load()).isEqualTo(expected);
        }
        try (CheckpointStore again = open(temporary.resolve("derby"))) {
            assertThat(again.load()).isEqualTo(expected);
        }
    }

    @Test
    void derbyDoesNotWriteItsLogIntoTheWorkingDirectory() throws IOException {
        try (CheckpointStore store = open(temporary.resolve("derby"))) {
            store.save(Deltas.at(1, 2).with(topic(1, "orders")).delta());
        }

        assertThat(Files.exists(Path.of("derby.log"))).isFalse();
    }

    /** As development builds of 0.2.0 left it: before numbered producers, and before validate_compressed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void storeOfAnEarlierSchemaIsUpgradedWithAllThatIsInIt(int schema) throws IOException, SQLException {
        Path directory = temporary.resolve("old");
        createEarlier(directory, schema);
        Topic orders = topic(1, "orders");
        Topic altered = orders.with(
                4, new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.of(true)));
        ProducerState producer = new ProducerState(7, 1, 1);

        try (CheckpointStore store = open(directory)) {
            assertThat(store.load())
                    .isEqualTo(new StateImage(
                            LogPosition.of(1), 2, List.of(orders), Map.of(), List.of(), ProducerImage.EMPTY));
            store.save(Deltas.at(2, 2).with(altered).with(producer).delta());
        }
        try (CheckpointStore store = open(directory)) {
            assertThat(store.load().topics()).containsExactly(altered);
            assertThat(store.load().producers().producers()).containsExactly(producer);
        }
    }

    /** What an mq that knew the schema up to this one saved of a topic. */
    private static void createEarlier(Path directory, int schema) throws IOException, SQLException {
        Files.createDirectories(directory);
        DerbyEngine.configure(directory);
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName(directory.resolve("derby").toString());
        source.setCreateDatabase("create");
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            Schema.upgrade(connection, schema);
            statement.executeUpdate("""
                    INSERT INTO topic (topic_id, name, partitions, segment_bytes, created_at_ms)
                    VALUES (1, 'orders', 4, 4096, 0)""");
            statement.executeUpdate("UPDATE checkpoint SET applied_index = 1, next_topic_id = 2");
        }
        source.setCreateDatabase(null);
        source.setShutdownDatabase("shutdown");
        assertThatThrownBy(source::getConnection).hasMessageContaining("shutdown");
    }

    private static Topic topic(int id, String name) {
        return new Topic(id, name, 4, TopicConfig.DEFAULTS, 4096, Instant.EPOCH);
    }
}
