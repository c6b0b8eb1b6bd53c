package io.mq.ejb.derby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.command.LogPosition;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.message.Topic;
import io.mq.core.state.StateImage;
import io.mq.ejb.derby.ChildProcess.Act;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store opens whatever an earlier process left, or says why not. */
class DerbyCrashTest {

    @TempDir
    private Path temporary;

    private Path directory;
    private Path working;

    @BeforeEach
    void createDirectories() throws IOException {
        directory = temporary.resolve("checkpoint");
        working = Files.createDirectory(temporary.resolve("working"));
    }

    private StateImage loaded() throws IOException {
        try (CheckpointStore store = DerbyCheckpointStore.open(directory)) {
            return store.load();
        }
    }

    private void saveOne() throws IOException {
        try (CheckpointStore store = DerbyCheckpointStore.open(directory)) {
            store.save(ChildProcess.everything(1));
        }
    }

    private void assertHoldsTheFirstSave() throws IOException {
        StateImage image = loaded();
        assertThat(image.applied()).isEqualTo(LogPosition.of(1));
        assertThat(image.topics()).extracting(Topic::name).containsExactly("t1");
        assertThat(image.logs()).hasSize(1);
        assertThat(image.offsets()).hasSize(1);
    }

    @Test
    void whatWasSavedIsThereAfterTheProcessWasKilled() throws Exception {
        ChildProcess.run(Act.SAVE, directory, working, 0);

        assertHoldsTheFirstSave();
    }

    @Test
    void derbyWritesItsLogIntoTheStoresDirectory() throws Exception {
        ChildProcess.run(Act.SAVE, directory, working, 0);

        assertThat(working).isEmptyDirectory();
        assertThat(directory.resolve("derby.log")).isRegularFile();
    }

    @Test
    void saveThatTheProcessDidNotSurviveHasNotHappened() throws Exception {
        saveOne();

        ChildProcess.run(Act.SAVE_HALF, directory, working, 0);

        assertHoldsTheFirstSave();
    }

    @Test
    void storeOpensWheneverTheProcessThatCreatedItWasKilled() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            directory = temporary.resolve("checkpoint-" + round);
            int millis = 200 + random.nextInt(1000);
            ChildProcess.run(Act.OPEN, directory, working, millis);

            assertThat(loaded()).as("killed after %d ms, seed %d", millis, seed).isEqualTo(StateImage.EMPTY);
        }
    }

    @Test
    void directoryThatACrashLeftBeforeTheDatabaseHadItsNameIsReplaced() throws IOException {
        Path unfinished = directory.resolve("derby.new");
        Files.createDirectories(unfinished.resolve("seg0"));
        Files.writeString(unfinished.resolve("service.properties"), "# half wri");

        saveOne();

        assertThat(unfinished).doesNotExist();
        assertHoldsTheFirstSave();
    }

    @Test
    void databaseThatWasHalfCreatedIsReplaced() throws IOException {
        saveOne();
        Path unfinished = directory.resolve("derby.new");
        Files.move(directory.resolve("derby"), unfinished);
        try (Stream<Path> segments = Files.list(unfinished.resolve("seg0"))) {
            for (Path segment : segments.sorted().skip(5).toList()) {
                Files.delete(segment);
            }
        }

        assertThat(loaded()).isEqualTo(StateImage.EMPTY);
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void finishedDatabaseIsNotTouchedByALeftoverBesideIt() throws IOException {
        saveOne();
        Files.createDirectories(directory.resolve("derby.new").resolve("seg0"));

        assertHoldsTheFirstSave();
    }

    @Test
    void newerSchemaIsRefusedWithTheNextStep() throws Exception {
        saveOne();
        execute("UPDATE schema_version SET version = " + (Schema.VERSION + 1));

        assertThatThrownBy(this::loaded)
                .isInstanceOfSatisfying(
                        StartupException.class,
                        e -> assertThat(e.failure()).isEqualTo(StartupFailure.NEWER_DATA_FORMAT))
                .hasMessageContaining("schema " + (Schema.VERSION + 1))
                .hasMessageContaining("up to " + Schema.VERSION)
                .hasMessageContaining("newer mq");
    }

    @Test
    void databaseThatWasRefusedIsShutDown() throws Exception {
        saveOne();
        execute("UPDATE schema_version SET version = " + (Schema.VERSION + 1));

        assertThatThrownBy(this::loaded).isInstanceOf(StartupException.class);

        assertThat(directory.resolve("derby").resolve("db.lck")).doesNotExist();
    }

    @Test
    void damagedDatabaseIsRefusedSayingWhatIsWrongWithIt() throws IOException {
        saveOne();
        try (Stream<Path> segments = Files.list(directory.resolve("derby").resolve("seg0"))) {
            for (Path segment : segments.toList()) {
                Files.write(segment, new byte[8192], StandardOpenOption.TRUNCATE_EXISTING);
            }
        }

        assertThatThrownBy(this::loaded)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the checkpoint store cannot be opened")
                .hasMessageNotContaining("see the next exception for details")
                .hasMessageContaining(directory.toString());
    }

    private void execute(String sql) throws SQLException {
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName(directory.resolve("derby").toString());
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
        source.setShutdownDatabase("shutdown");
        assertThatThrownBy(source::getConnection).hasMessageContaining("shutdown");
    }
}
