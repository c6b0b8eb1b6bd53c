package io.mq.ejb.derby;

import io.mq.core.message.PartitionId;
import io.mq.core.state.GroupOffset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The table {@code group_offset}. */
final class GroupOffsetTable {

    private static final String SELECT = """
            SELECT committed_offset, metadata, committed_at_ms, group_name, topic_id, partition_no
            FROM group_offset""";

    private static final String UPDATE = """
            UPDATE group_offset
            SET committed_offset = ?, metadata = ?, committed_at_ms = ?
            WHERE group_name = ? AND topic_id = ? AND partition_no = ?""";

    private static final String INSERT = """
            INSERT INTO group_offset (committed_offset, metadata, committed_at_ms, group_name, topic_id, partition_no)
            VALUES (?, ?, ?, ?, ?, ?)""";

    private GroupOffsetTable() {}

    static List<GroupOffset> load(Connection connection) throws SQLException {
        List<GroupOffset> offsets = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                offsets.add(new GroupOffset(
                        row.getString(4),
                        new PartitionId(row.getInt(5), row.getInt(6)),
                        row.getLong(1),
                        row.getString(2),
                        Instant.ofEpochMilli(row.getLong(3))));
            }
        }
        return offsets;
    }

    static void put(Connection connection, Collection<GroupOffset> offsets) throws SQLException {
        Rows.put(connection, UPDATE, INSERT, offsets, GroupOffsetTable::bind);
    }

    private static void bind(PreparedStatement statement, GroupOffset offset) throws SQLException {
        statement.setLong(1, offset.offset());
        statement.setString(2, offset.metadata());
        statement.setLong(3, offset.committedAt().toEpochMilli());
        statement.setString(4, offset.group());
        statement.setInt(5, offset.partition().topicId());
        statement.setInt(6, offset.partition().partition());
    }

    static void deleteTopics(Connection connection, Collection<Integer> topicIds) throws SQLException {
        Rows.delete(connection, "group_offset", "topic_id", topicIds);
    }

    static void deleteGroups(Connection connection, Collection<String> groups) throws SQLException {
        Rows.run(
                connection,
                "DELETE FROM group_offset WHERE group_name = ?",
                groups,
                (statement, group) -> statement.setString(1, group));
    }
}
