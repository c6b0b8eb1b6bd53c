package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.BatchBuilder;
import io.mq.batch.CompressedDamage;
import io.mq.batch.Compression;
import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compressed batches are looked into where their topic asks for it, and nowhere else. */
class CompressedBatchesTest {

    private static final CompressedDamage ANY = CompressedDamage.NOT_COMPRESSED;

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new BrokerFixture(temporary.resolve("data"));
        fixture.start();
        create("plain", TopicConfig.DEFAULTS);
        create("validated", validating(true));
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private static TopicConfig validating(boolean validates) {
        return new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.of(validates));
    }

    private void create(String topic, TopicConfig config) {
        fixture.broker().topics().create(topic, 1, config).join();
    }

    private void alter(String topic, boolean validates) {
        fixture.broker().topics().alter(topic, 0, validating(validates)).join();
    }

    private Published publish(String topic, RecordBatch batch) {
        return fixture.broker()
                .batchPublisher()
                .publish(topic, OptionalInt.empty(), batch, Optional.empty())
                .join();
    }

    private void assertStored(String topic, RecordBatch batch) {
        long end = end(topic);
        assertThat(publish(topic, batch).offset()).isEqualTo(end);
        assertThat(end(topic)).isEqualTo(end + batch.count());
    }

    private void assertRefused(String topic, RecordBatch batch, String... texts) {
        long end = end(topic);
        BrokerException refusal = catchThrowableOfType(BrokerException.class, () -> publish(topic, batch));
        assertThat(refusal.reason()).isEqualTo(Reason.INVALID_BATCH);
        assertThat(refusal).hasMessageContainingAll(texts);
        assertThat(refusal.metadata()).containsEntry("field", "batch");
        assertThat(end(topic)).isEqualTo(end);
    }

    private long end(String topic) {
        return fixture.broker().topics().describe(topic).partitions().get(0).end();
    }

    private static RecordBatch sound(Compression codec, String... payloads) {
        BatchBuilder builder = new BatchBuilder(codec);
        Stream.of(payloads).map(Records::record).forEach(builder::add);
        return builder.build();
    }

    private static Stream<Arguments> damages() {
        return Stream.of(Compression.LZ4, Compression.ZSTD)
                .flatMap(codec -> Stream.of(CompressedDamage.values()).map(d -> Arguments.of(d, codec)));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void damageIsRefusedWhereTheTopicAsksForItAndStoredElsewhere(CompressedDamage damage, Compression codec) {
        assertStored("plain", damage.batch(codec));
        assertRefused(
                "validated",
                damage.batch(codec),
                "batch.",
                damage.text(codec),
                "topic 'validated'",
                "one LZ4 block or ZSTD frame");
        assertStored("validated", sound(codec, "a", "b"));
        assertThat(fixture.fetch("validated", 0, 0)).containsExactly("a", "b");
    }

    @Test
    void batchWithoutCompressionIsTakenAsEver() {
        assertStored("validated", sound(Compression.NONE, "a", "b"));
    }

    @Test
    void declaredSizeAboveTheLimitIsRefusedBeforeAnythingIsRestored() {
        int max = fixture.config().limits().batchBytesMax();
        RecordBatch bomb = sound(Compression.ZSTD, "0".repeat(max));
        assertRefused("validated", bomb, "batch.uncompressed_size: at most " + max);
        assertRefused("plain", bomb, "batch.uncompressed_size: at most " + max);
    }

    @Test
    void recordAboveTheTopicsLimitIsRefused() {
        TopicConfig small =
                new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.of(1000), Optional.of(true));
        create("small", small);
        assertStored("small", sound(Compression.LZ4, "x".repeat(1000)));
        assertRefused("small", sound(Compression.LZ4, "x".repeat(3000)), "batch.records: record 0 has", "at most 2024");
    }

    @Test
    void alteredSettingTakesEffectWithTheNextBatch() {
        assertStored("plain", ANY.batch(Compression.LZ4));
        alter("plain", true);
        assertRefused("plain", ANY.batch(Compression.LZ4), ANY.text(Compression.LZ4));
        alter("plain", false);
        assertStored("plain", ANY.batch(Compression.LZ4));
    }

    @Test
    void settingSurvivesAReplayOfTheJournal() throws IOException {
        alter("plain", true);
        alter("validated", false);
        fixture.store().failWith(new IOException("no checkpoint: the journal has to do"));
        assertThat(fixture.store().load().topics()).isEmpty();
        fixture.restart();
        assertRefused("plain", ANY.batch(Compression.ZSTD), ANY.text(Compression.ZSTD));
        assertStored("validated", ANY.batch(Compression.ZSTD));
    }

    @Test
    void settingSurvivesACheckpoint() throws IOException {
        fixture.restart();
        assertThat(fixture.store().load().topics()).hasSize(2);
        assertRefused("validated", ANY.batch(Compression.ZSTD), ANY.text(Compression.ZSTD));
        assertStored("plain", ANY.batch(Compression.ZSTD));
    }
}
