package io.mq.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFullException;
import io.mq.core.file.ForwardingDisk;
import io.mq.core.file.NioDisk;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

    private static final Path ROOT = Path.of("/mq");
    private static final Path STAMP = ROOT.resolve("node.properties");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final AtomicInteger nodes = new AtomicInteger();

    private DataDirectory open(Disk on) {
        return DataDirectory.open(on, ROOT, () -> "node-" + nodes.incrementAndGet(), NOW);
    }

    private StartupException refusal(Disk on) {
        return catchThrowableOfType(StartupException.class, () -> open(on));
    }

    private void stamp(String content) throws IOException {
        disk.createDirectories(ROOT);
        disk.replace(STAMP, content.getBytes(StandardCharsets.UTF_8));
    }

    private void assertUnlocked() throws IOException {
        disk.tryLock(ROOT.resolve("lock")).orElseThrow().close();
    }

    @Test
    void newDirectoryIsStampedWithANodeId() throws IOException {
        try (DataDirectory directory = open(disk)) {
            assertThat(directory.nodeId()).isEqualTo("node-1");
        }
        assertThat(new String(disk.content(STAMP), StandardCharsets.UTF_8))
                .contains("format=1", "node-id=node-1", "created=2026-01-01T00:00:00Z");
    }

    @Test
    void nodeKeepsItsIdForEver() throws IOException {
        open(disk).close();
        try (DataDirectory again = open(disk)) {
            assertThat(again.nodeId()).isEqualTo("node-1");
        }
        assertThat(nodes).hasValue(1);
    }

    @Test
    void stampIsThereWholeAfterAPowerCutOrNotAtAll() {
        Random random = new Random(3);
        AtomicInteger cuts = new AtomicInteger();
        disk.setHook((operation, path) -> {
            cuts.incrementAndGet();
            for (Survival survival : Survival.values()) {
                open(disk.afterPowerCut(survival, random)).close();
            }
        });
        open(disk);
        assertThat(cuts).hasValueGreaterThan(3);
        assertThat(disk.afterPowerCut(Survival.NOTHING, random).exists(STAMP)).isTrue();
    }

    @Test
    void secondProcessIsRefusedUntilTheFirstIsGone() throws IOException {
        DataDirectory first = open(disk);
        StartupException refusal = refusal(disk);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_IN_USE);
        assertThat(refusal).hasMessageContainingAll("/mq", "in use by another mq process", "--data-dir");
        first.close();
        open(disk).close();
    }

    @Test
    void refusedStartGivesTheLockBack() throws IOException {
        stamp("format=2\nnode-id=n\n");
        assertThat(refusal(disk)).isNotNull();
        assertUnlocked();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3", "999999999"})
    void newerFormatIsRefused(String format) throws IOException {
        stamp("format=%s\nnode-id=n\n".formatted(format));
        StartupException refusal = refusal(disk);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.NEWER_DATA_FORMAT);
        assertThat(refusal)
                .hasMessage("%s says data format %s, this mq reads up to 1; start the newer mq that wrote it"
                        .formatted(STAMP, format));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "format=1\n",
                "node-id=n\n",
                "format=\nnode-id=n\n",
                "format=x\nnode-id=n\n",
                "format=-1\nnode-id=n\n",
                "format=12345678901\nnode-id=n\n",
                "\0\0\0\0\0\0\0\0",
                "format=1\nnode-id=\\u00zz\n",
                "format=1\nnode-id=\n"
            })
    void damagedStampIsRefused(String content) throws IOException {
        stamp(content);
        StartupException refusal = refusal(disk);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(refusal).hasMessageContainingAll(STAMP.toString(), "damaged", "restore it from a copy");
        assertUnlocked();
    }

    @Test
    void refusedStartLeavesTheStampAsItIs() throws IOException {
        stamp("format=7\nnode-id=n\n");
        assertThat(refusal(disk)).isNotNull();
        assertThat(disk.content(STAMP)).isEqualTo("format=7\nnode-id=n\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void directoryWithForeignContentIsRefusedUntouched() throws IOException {
        disk.createDirectories(ROOT.resolve("photos"));
        StartupException refusal = refusal(disk);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_UNUSABLE);
        assertThat(refusal).hasMessageContainingAll("/mq", "photos", "no mq data directory");
        assertThat(disk.exists(STAMP)).isFalse();
        assertUnlocked();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock", "node.properties.tmp", "runtime", "lost+found"})
    void whatACutOffStartOrTheLauncherLeavesIsNotForeign(String name) throws IOException {
        disk.createDirectories(ROOT);
        disk.create(ROOT.resolve(name)).close();
        open(disk).close();
        assertThat(disk.exists(STAMP)).isTrue();
    }

    @Test
    void unwritableDirectoryIsRefusedWithTheReason() {
        Disk readOnly = new ForwardingDisk(disk) {
            @Override
            public Optional<Closeable> tryLock(Path file) throws IOException {
                throw new AccessDeniedException(file.toString());
            }
        };
        StartupException refusal = refusal(readOnly);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_UNUSABLE);
        assertThat(refusal).hasMessageContainingAll("/mq", "AccessDeniedException", "make it writable for this user");
    }

    @Test
    void readOnlyFileSystemIsRefusedWithTheReason() throws IOException {
        disk.setHook((operation, path) -> {
            throw new FileSystemException(path.toString(), null, "Read-only file system");
        });
        StartupException refusal = refusal(disk);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_UNUSABLE);
        assertThat(refusal).hasMessageContainingAll("/mq", "Read-only file system", "choose another --data-dir");
        assertUnlocked();
    }

    @Test
    void fullDiskIsRefusedAsSuch() throws IOException {
        disk.setHook((operation, path) -> {
            throw new DiskFullException(path, new IOException("No space left on device"));
        });
        assertThat(refusal(disk).failure()).isEqualTo(StartupFailure.DISK_FULL);
        assertUnlocked();
    }

    @Test
    void fileInPlaceOfTheDirectoryIsRefused(@TempDir Path temporary) throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        StartupException refusal = catchThrowableOfType(
                StartupException.class, () -> DataDirectory.open(new NioDisk(), file, () -> "n", NOW));
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_UNUSABLE);
        assertThat(file).isEmptyFile();
    }

    @Test
    void topicsGetDirectoriesThatAnyFileSystemTakes() throws IOException {
        try (DataDirectory directory = open(disk)) {
            Topic plain = topic(7, "orders");
            Topic longest = topic(8, "x".repeat(249));
            assertThat(directory.shard(0).partition(plain, plain.partition(3)))
                    .isEqualTo(ROOT.resolve("shards/0/topics/orders-7/3"));
            assertThat(directory.shard(0).topic(longest).getFileName().toString())
                    .hasSizeLessThan(255)
                    .endsWith("x-8");
        }
    }

    @Test
    void topicsThatDifferInCaseOnlyOrWereRecreatedLieApart() throws IOException {
        try (DataDirectory directory = open(disk)) {
            List<String> names = List.of(
                    directory.shard(0).topic(topic(1, "Orders")).toString().toLowerCase(Locale.ROOT),
                    directory.shard(0).topic(topic(2, "orders")).toString().toLowerCase(Locale.ROOT),
                    directory.shard(0).topic(topic(3, "orders")).toString().toLowerCase(Locale.ROOT));
            assertThat(names).doesNotHaveDuplicates();
        }
    }

    private static Topic topic(int id, String name) {
        return new Topic(id, name, 4, TopicConfig.DEFAULTS, 4096, NOW);
    }
}
