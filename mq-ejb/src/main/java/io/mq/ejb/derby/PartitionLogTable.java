package io.mq.ejb.derby;

import io.mq.core.message.PartitionId;
import io.mq.core.state.StateDelta.ChangedLog;
import io.mq.core.storage.LogState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The table {@code partition_log}. */
final class PartitionLogTable {

    private static final String SELECT = """
            SELECT start_offset, end_offset, active_base, active_bytes, max_time_ms, topic_id, partition_no
            FROM partition_log""";

    private static final String UPDATE = """
            UPDATE partition_log
            SET start_offset = ?, end_offset = ?, active_base = ?, active_bytes = ?, max_time_ms = ?
            WHERE topic_id = ? AND partition_no = ?""";

    private static final String INSERT = """
            INSERT INTO partition_log (start_offset, end_offset, active_base, active_bytes, max_time_ms, topic_id,
                                       partition_no)
            VALUES (?, ?, ?, ?, ?, ?, ?)""";

    private PartitionLogTable() {}

    static Map<PartitionId, LogState> load(Connection connection) throws SQLException {
        Map<PartitionId, LogState> logs = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                logs.put(
                        new PartitionId(row.getInt(6), row.getInt(7)),
                        new LogState(row.getLong(1), row.getLong(2), row.getLong(3), row.getInt(4), row.getLong(5)));
            }
        }
        return logs;
    }

    static void put(Connection connection, Map<PartitionId, ChangedLog> logs) throws SQLException {
        Rows.put(connection, UPDATE, INSERT, logs.entrySet(), PartitionLogTable::bind);
    }

    private static void bind(PreparedStatement statement, Map.Entry<PartitionId, ChangedLog> log) throws SQLException {
        LogState state = log.getValue().state();
        statement.setLong(1, state.start());
        statement.setLong(2, state.end());
        statement.setLong(3, state.activeBase());
        statement.setInt(4, state.activeBytes());
        statement.setLong(5, state.maxTimeMillis());
        statement.setInt(6, log.getKey().topicId());
        statement.setInt(7, log.getKey().partition());
    }

    static void deleteTopics(Connection connection, Collection<Integer> topicIds) throws SQLException {
        Rows.delete(connection, "partition_log", "topic_id", topicIds);
    }
}
