package io.mq.ejb.derby;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Writes many rows with few round trips. */
final class Rows {

    /** Rows sent at a time: beyond this a larger batch is no faster and only takes memory. */
    private static final int BATCH_ROWS = 1000;

    private Rows() {}

    /** Sets a statement's parameters for one row. */
    @FunctionalInterface
    interface Binder<T> {
        void bind(PreparedStatement statement, T row) throws SQLException;
    }

    /**
     * Updates the rows that are there and inserts the others.
     *
     * @param update takes the same parameters as {@code insert}, in the same order
     */
    static <T> void put(Connection connection, String update, String insert, Collection<T> rows, Binder<T> binder)
            throws SQLException {
        List<T> missing = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            for (List<T> batch : batches(rows)) {
                int[] counts = execute(statement, batch, binder);
                for (int i = 0; i < counts.length; i++) {
                    if (counts[i] == 0) {
                        missing.add(batch.get(i));
                    }
                }
            }
        }
        run(connection, insert, missing, binder);
    }

    /** Runs a statement for each row. */
    static <T> void run(Connection connection, String sql, Collection<T> rows, Binder<T> binder) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (List<T> batch : batches(rows)) {
                for (int count : execute(statement, batch, binder)) {
                    if (count == Statement.EXECUTE_FAILED) {
                        throw new SQLException("one of a batch of rows was refused: " + sql);
                    }
                }
            }
        }
    }

    /** Deletes the rows of these numbers. */
    static void delete(Connection connection, String table, String column, Collection<? extends Number> numbers)
            throws SQLException {
        run(
                connection,
                "DELETE FROM %s WHERE %s = ?".formatted(table, column),
                numbers,
                (statement, number) -> statement.setLong(1, number.longValue()));
    }

    private static <T> int[] execute(PreparedStatement statement, List<T> batch, Binder<T> binder) throws SQLException {
        for (T row : batch) {
            binder.bind(statement, row);
            statement.addBatch();
        }
        return statement.executeBatch();
    }

    private static <T> List<List<T>> batches(Collection<T> rows) {
        List<T> all = List.copyOf(rows);
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH_ROWS) {
            batches.add(all.subList(from, Math.min(all.size(), from + BATCH_ROWS)));
        }
        return batches;
    }
}
