package io.mq.ejb.derby;

import io.mq.core.state.ProducerState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The table {@code producer}. */
final class ProducerTable {

    private static final String SELECT = "SELECT epoch, last_used_ms, producer_id FROM producer";

    private static final String UPDATE = "UPDATE producer SET epoch = ?, last_used_ms = ? WHERE producer_id = ?";

    private static final String INSERT = "INSERT INTO producer (epoch, last_used_ms, producer_id) VALUES (?, ?, ?)";

    private ProducerTable() {}

    static List<ProducerState> load(Connection connection) throws SQLException {
        List<ProducerState> producers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                producers.add(new ProducerState(row.getLong(3), row.getInt(1), row.getLong(2)));
            }
        }
        return producers;
    }

    static void put(Connection connection, Collection<ProducerState> producers) throws SQLException {
        Rows.put(connection, UPDATE, INSERT, producers, ProducerTable::bind);
    }

    private static void bind(PreparedStatement statement, ProducerState producer) throws SQLException {
        statement.setInt(1, producer.epoch());
        statement.setLong(2, producer.lastUsedMillis());
        statement.setLong(3, producer.id());
    }

    static void delete(Connection connection, Collection<Long> ids) throws SQLException {
        Rows.delete(connection, "producer", "producer_id", ids);
    }
}
