package io.mq.ejb.derby;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.command.LogPosition;
import io.mq.core.state.ProducerImage;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Keeps the checkpoint in an embedded Derby database: one checkpoint, one transaction. */
public final class DerbyCheckpointStore implements CheckpointStore {

    private static final String DATABASE = "derby";

    /** All that have rows for what the state consists of. */
    private static final List<String> TABLES =
            List.of("topic", "partition_log", "group_offset", "producer", "producer_sequence");

    private final Path directory;
    private final DerbyDatabase database;
    private boolean isClosed;

    private DerbyCheckpointStore(Path directory, DerbyDatabase database) {
        this.directory = directory;
        this.database = database;
    }

    /** Opens the store in a directory of its own, creating it where it is missing. */
    public static DerbyCheckpointStore open(Path directory) throws IOException {
        try {
            return new DerbyCheckpointStore(directory, DerbyDatabase.open(directory.resolve(DATABASE)));
        } catch (SQLException e) {
            throw failed(directory, "opened", e);
        }
    }

    @Override
    public StateImage load() throws IOException {
        try {
            return database.transact(DerbyCheckpointStore::load);
        } catch (SQLException e) {
            throw failed(directory, "read", e);
        }
    }

    private static StateImage load(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT applied_term, applied_index, next_topic_id FROM checkpoint")) {
            row.next();
            return new StateImage(
                    new LogPosition(row.getLong(1), row.getLong(2)),
                    row.getInt(3),
                    TopicTable.load(connection),
                    PartitionLogTable.load(connection),
                    GroupOffsetTable.load(connection),
                    new ProducerImage(ProducerTable.load(connection), ProducerSequenceTable.load(connection)));
        }
    }

    @Override
    public void save(StateDelta delta) throws IOException {
        try {
            database.transact(connection -> {
                save(connection, delta);
                return null;
            });
        } catch (SQLException e) {
            throw failed(directory, "written", e);
        }
    }

    private static void save(Connection connection, StateDelta delta) throws SQLException {
        TopicTable.delete(connection, delta.removedTopics().keySet());
        PartitionLogTable.deleteTopics(connection, delta.removedTopics().keySet());
        GroupOffsetTable.deleteTopics(connection, delta.removedTopics().keySet());
        GroupOffsetTable.deleteGroups(connection, delta.removedGroups());
        ProducerSequenceTable.deleteTopics(connection, delta.removedTopics().keySet());
        ProducerSequenceTable.deleteProducers(connection, delta.producers().removed());
        ProducerTable.delete(connection, delta.producers().removed());

        TopicTable.put(connection, delta.topics().values());
        PartitionLogTable.put(connection, delta.logs());
        ProducerTable.put(connection, delta.producers().producers().values());
        ProducerSequenceTable.put(connection, delta.producers().sequences());
        GroupOffsetTable.put(connection, delta.offsets().values());
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE checkpoint SET applied_term = ?, applied_index = ?, next_topic_id = ?")) {
            update.setLong(1, delta.applied().term());
            update.setLong(2, delta.applied().index());
            update.setInt(3, delta.nextTopicId());
            update.executeUpdate();
        }
    }

    @Override
    public void replace(StateImage image) throws IOException {
        try {
            database.transact(connection -> {
                clear(connection);
                save(connection, StateDelta.of(image));
                return null;
            });
        } catch (SQLException e) {
            throw failed(directory, "written", e);
        }
    }

    private static void clear(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.executeUpdate("DELETE FROM " + table);
            }
        }
    }

    private static IOException failed(Path directory, String what, SQLException e) {
        return new IOException(
                "the checkpoint store cannot be %s in %s: %s".formatted(what, directory, rootMessage(e)), e);
    }

    /** Derby's outermost message often says no more than that the next exception has the details. */
    private static String rootMessage(SQLException e) {
        Throwable root = e;
        for (Throwable next = e; next != null; next = next(root)) {
            root = next;
        }
        return root.getMessage();
    }

    private static Throwable next(Throwable failure) {
        return failure instanceof SQLException sql && sql.getNextException() != null
                ? sql.getNextException()
                : failure.getCause();
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            database.close();
        }
    }
}
