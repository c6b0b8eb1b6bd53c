package io.mq.ejb.derby;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables, as numbered scripts that are never changed once released: a new version of mq adds one. A database knows
 * which it has seen.
 */
final class Schema {

    /** The newest script. */
    static final int VERSION = 5;

    private static final String TABLE_MISSING = "42X05";

    private Schema() {}

    /** Runs the scripts that the database lacks; answers the version that it has then. */
    static int upgrade(Connection connection) throws SQLException, IOException {
        return upgrade(connection, VERSION);
    }

    /** The same as an mq does it that has the scripts up to this one. */
    static int upgrade(Connection connection, int newest) throws SQLException, IOException {
        int present = version(connection);
        if (present > newest) {
            throw new StartupException(
                    StartupFailure.NEWER_DATA_FORMAT,
                    "the checkpoint store has schema %d, this mq knows up to %d; start the newer mq that wrote it"
                            .formatted(present, newest));
        }
        if (present == newest) {
            return newest;
        }
        try (Statement statement = connection.createStatement()) {
            for (int version = present + 1; version <= newest; version++) {
                run(statement, script(version));
            }
            if (present == 0) {
                statement.executeUpdate("CREATE TABLE schema_version (version INT NOT NULL)");
                statement.executeUpdate("INSERT INTO schema_version VALUES (0)");
            }
            statement.executeUpdate("UPDATE schema_version SET version = " + newest);
        }
        return newest;
    }

    /** 0 for a database without tables. */
    static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM schema_version")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            if (TABLE_MISSING.equals(e.getSQLState())) {
                return 0;
            }
            throw e;
        }
    }

    private static void run(Statement statement, String script) throws SQLException {
        String withoutComments = script.replaceAll("--[^\n]*", "");
        for (String sql : withoutComments.split(";")) {
            if (!sql.isBlank()) {
                statement.executeUpdate(sql);
            }
        }
    }

    private static String script(int version) throws IOException {
        try (InputStream in = Schema.class.getResourceAsStream("schema-%03d.sql".formatted(version))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
