package io.mq.ejb.derby;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.derby.jdbc.EmbeddedDataSource;

/**
 * An embedded Derby database in a directory: created as a whole or not at all, with the newest schema.
 *
 * <p>Derby takes one process per database; the data directory's lock sees to that.
 */
final class DerbyDatabase implements Closeable {

    private static final Logger LOG = System.getLogger(DerbyDatabase.class.getName());

    /** Where a database is made before it gets its name. */
    private static final String UNFINISHED_SUFFIX = ".new";

    /** SQL states of the exceptions with which a database says that it has been shut down, or was never started. */
    private static final Set<String> DATABASE_IS_DOWN = Set.of("08006", "XJ004");

    private final EmbeddedDataSource source;

    private DerbyDatabase(EmbeddedDataSource source) {
        this.source = source;
    }

    /** Opens the database in {@code directory}, creating it where it is missing. */
    static DerbyDatabase open(Path directory) throws IOException, SQLException {
        Files.createDirectories(directory.getParent());
        DerbyEngine.configure(directory.getParent());
        if (!Files.isDirectory(directory)) {
            create(directory);
        }
        DerbyDatabase database = new DerbyDatabase(sourceOf(directory));
        try {
            database.transact(Schema::upgrade);
            return database;
        } catch (SQLException | IOException | RuntimeException e) {
            // Derby would keep the database open, and locked, for as long as this virtual machine lives.
            database.close();
            throw e;
        }
    }

    /**
     * A crash while Derby creates a database leaves a directory that it can neither open nor create anew. So it is
     * created under another name, put on disk, and renamed.
     */
    private static void create(Path directory) throws IOException, SQLException {
        Path unfinished = directory.resolveSibling(directory.getFileName() + UNFINISHED_SUFFIX);
        deleteTree(unfinished);
        EmbeddedDataSource source = sourceOf(unfinished);
        source.setCreateDatabase("create");
        try (DerbyDatabase database = new DerbyDatabase(source)) {
            database.transact(Schema::upgrade);
        }
        forceTree(unfinished);
        Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
        force(directory.getParent());
    }

    private static EmbeddedDataSource sourceOf(Path directory) {
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName(directory.toString());
        return source;
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        for (Path path : tree(root, Comparator.reverseOrder())) {
            Files.delete(path);
        }
    }

    private static void forceTree(Path root) throws IOException {
        for (Path path : tree(root, Comparator.reverseOrder())) {
            force(path);
        }
    }

    private static List<Path> tree(Path root, Comparator<Path> order) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(order).toList();
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Work on a connection that leaves commit and rollback to its caller. */
    @FunctionalInterface
    interface Transaction<T> {
        T run(Connection connection) throws SQLException, IOException;
    }

    /** Runs work in one transaction: all of it is durable when this returns, nothing of it when this throws. */
    <T> T transact(Transaction<T> work) throws SQLException, IOException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | IOException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    @Override
    public void close() {
        source.setCreateDatabase(null);
        source.setShutdownDatabase("shutdown");
        try (Connection unexpected = source.getConnection()) {
            LOG.log(Level.WARNING, "Derby did not shut down: {0}", unexpected);
        } catch (SQLException e) {
            if (!DATABASE_IS_DOWN.contains(e.getSQLState())) {
                LOG.log(Level.WARNING, "Derby did not shut down properly; it will recover at its next start", e);
            }
        }
    }
}
