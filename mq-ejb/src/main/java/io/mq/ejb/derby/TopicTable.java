package io.mq.ejb.derby;

import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The table {@code topic}. */
final class TopicTable {

    private static final String SELECT = """
            SELECT name, partitions, retention_ms, retention_bytes, message_bytes_max, validate_compressed,
                   segment_bytes, created_at_ms, topic_id, shards
            FROM topic""";

    private static final String UPDATE = """
            UPDATE topic
            SET name = ?, partitions = ?, retention_ms = ?, retention_bytes = ?, message_bytes_max = ?,
                validate_compressed = ?, segment_bytes = ?, created_at_ms = ?, shards = ?
            WHERE topic_id = ?""";

    private static final String INSERT = """
            INSERT INTO topic (name, partitions, retention_ms, retention_bytes, message_bytes_max,
                               validate_compressed, segment_bytes, created_at_ms, shards, topic_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private TopicTable() {}

    static List<Topic> load(Connection connection) throws SQLException {
        List<Topic> topics = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SELECT)) {
            while (rows.next()) {
                topics.add(topic(rows));
            }
        }
        return topics;
    }

    private static Topic topic(ResultSet row) throws SQLException {
        Long retention = row.getObject(3, Long.class);
        Long retentionBytes = row.getObject(4, Long.class);
        Integer messageBytesMax = row.getObject(5, Integer.class);
        TopicConfig config = new TopicConfig(
                Optional.ofNullable(retention).map(Duration::ofMillis),
                retentionBytes == null ? OptionalLong.empty() : OptionalLong.of(retentionBytes),
                messageBytesMax == null ? OptionalInt.empty() : OptionalInt.of(messageBytesMax),
                Optional.ofNullable(row.getObject(6, Boolean.class)));
        return new Topic(
                row.getInt(9),
                row.getString(1),
                row.getInt(2),
                config,
                row.getInt(7),
                Instant.ofEpochMilli(row.getLong(8)),
                row.getInt(10));
    }

    static void put(Connection connection, Collection<Topic> topics) throws SQLException {
        Rows.put(connection, UPDATE, INSERT, topics, TopicTable::bind);
    }

    private static void bind(PreparedStatement statement, Topic topic) throws SQLException {
        TopicConfig config = topic.config();
        statement.setString(1, topic.name());
        statement.setInt(2, topic.partitions());
        statement.setObject(3, config.retention().map(Duration::toMillis).orElse(null), Types.BIGINT);
        statement.setObject(
                4, config.retentionBytes().isPresent() ? config.retentionBytes().getAsLong() : null, Types.BIGINT);
        statement.setObject(
                5,
                config.messageBytesMax().isPresent() ? config.messageBytesMax().getAsInt() : null,
                Types.INTEGER);
        statement.setObject(6, config.validateCompressed().orElse(null), Types.BOOLEAN);
        statement.setInt(7, topic.segmentBytes());
        statement.setLong(8, topic.createdAt().toEpochMilli());
        statement.setInt(9, topic.shards());
        statement.setInt(10, topic.id());
    }

    static void delete(Connection connection, Collection<Integer> ids) throws SQLException {
        Rows.delete(connection, "topic", "topic_id", ids);
    }
}
