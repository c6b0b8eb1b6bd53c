package io.mq.ejb.derby;

import io.mq.core.message.PartitionId;
import io.mq.core.state.ProducerSequences;
import io.mq.core.state.ProducerSequences.Key;
import io.mq.core.state.ProducerSequences.StoredBatch;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table {@code producer_sequence}. */
final class ProducerSequenceTable {

    private static final String SELECT = """
            SELECT next_sequence, recent, producer_id, topic_id, partition_no
            FROM producer_sequence""";

    private static final String UPDATE = """
            UPDATE producer_sequence
            SET next_sequence = ?, recent = ?
            WHERE producer_id = ? AND topic_id = ? AND partition_no = ?""";

    private static final String INSERT = """
            INSERT INTO producer_sequence (next_sequence, recent, producer_id, topic_id, partition_no)
            VALUES (?, ?, ?, ?, ?)""";

    private static final int BATCH_BYTES = 16;

    private ProducerSequenceTable() {}

    static Map<Key, ProducerSequences> load(Connection connection) throws SQLException {
        Map<Key, ProducerSequences> sequences = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                sequences.put(
                        new Key(row.getLong(3), new PartitionId(row.getInt(4), row.getInt(5))),
                        new ProducerSequences(row.getInt(1), decode(row.getBytes(2))));
            }
        }
        return sequences;
    }

    static void put(Connection connection, Map<Key, ProducerSequences> sequences) throws SQLException {
        Rows.put(connection, UPDATE, INSERT, sequences.entrySet(), ProducerSequenceTable::bind);
    }

    private static void bind(PreparedStatement statement, Map.Entry<Key, ProducerSequences> row) throws SQLException {
        statement.setInt(1, row.getValue().nextSequence());
        statement.setBytes(2, encode(row.getValue().recent()));
        statement.setLong(3, row.getKey().producerId());
        statement.setInt(4, row.getKey().partition().topicId());
        statement.setInt(5, row.getKey().partition().partition());
    }

    private static byte[] encode(List<StoredBatch> batches) {
        ByteBuffer bytes = ByteBuffer.allocate(batches.size() * BATCH_BYTES);
        batches.forEach(batch ->
                bytes.putInt(batch.baseSequence()).putInt(batch.count()).putLong(batch.baseOffset()));
        return bytes.array();
    }

    private static List<StoredBatch> decode(byte[] bytes) {
        List<StoredBatch> batches = new ArrayList<>();
        for (ByteBuffer in = ByteBuffer.wrap(bytes); in.hasRemaining(); ) {
            batches.add(new StoredBatch(in.getInt(), in.getInt(), in.getLong()));
        }
        return batches;
    }

    static void deleteTopics(Connection connection, Collection<Integer> topicIds) throws SQLException {
        Rows.delete(connection, "producer_sequence", "topic_id", topicIds);
    }

    static void deleteProducers(Connection connection, Collection<Long> ids) throws SQLException {
        Rows.delete(connection, "producer_sequence", "producer_id", ids);
    }
}
