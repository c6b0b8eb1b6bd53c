package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchBuilderTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void recordsComeBackFromEveryCodec(Compression compression) {
        Seeds.forEach(200, random -> {
            BatchBuilder builder = new BatchBuilder(compression);
            List<Record> records = new ArrayList<>();
            for (int i = 1 + random.nextInt(60); i > 0; i--) {
                Record record = Records.any(random);
                records.add(RecordCodec.decode(encoded(record)));
                builder.add(record);
            }
            assertThat(builder.count()).isEqualTo(records.size());
            RecordBatch batch = builder.build();
            batch.requireSound(MIB, MIB);
            assertThat(batch.compression()).isEqualTo(compression);
            assertThat(batch.records().stream().map(RecordCodec::decode)).containsExactlyElementsOf(records);
        });
    }

    private static ByteBuffer encoded(Record record) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordCodec.sizeOf(record));
        RecordCodec.encode(record, bytes);
        return bytes.flip();
    }

    @Test
    void builderStartsAnewAfterEachBatch() {
        BatchBuilder builder = new BatchBuilder(Compression.NONE);
        builder.add(Records.record("x".repeat(10_000)));
        builder.build();
        builder.add(Records.record("y"));
        RecordBatch second = builder.build();
        assertThat(second.count()).isEqualTo(1);
        assertThat(second.bytes())
                .isEqualTo(RecordBatch.of(List.of(Records.record("y"))).bytes());
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void likeRecordsTakeLessSpaceCompressed(Compression compression) {
        BatchBuilder builder = new BatchBuilder(compression);
        for (int i = 0; i < 1000; i++) {
            builder.add(Records.record("the same text again and again"));
        }
        int plain = builder.sizeInBytes();
        assertThat(builder.build().sizeInBytes()).isLessThan(plain / 10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void regionThatGivesMoreThanDeclaredIsRefusedWithoutMoreMemory(Compression compression) {
        BatchBuilder builder = new BatchBuilder(compression);
        builder.add(Records.record("0".repeat(10 * MIB)));
        RecordBatch bomb = withUncompressedSize(builder.build(), 1000);
        bomb.requireSound(MIB, MIB);
        assertThatThrownBy(bomb::records)
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("1000");
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void regionThatGivesLessThanDeclaredIsRefused(Compression compression) {
        BatchBuilder builder = new BatchBuilder(compression);
        builder.add(Records.record("abc"));
        RecordBatch batch = withUncompressedSize(builder.build(), 1000);
        assertThatThrownBy(batch::records)
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("uncompressed_size");
    }

    @Test
    void declaredSizeAboveTheBoundIsRefusedBeforeAnythingIsRestored() {
        BatchBuilder builder = new BatchBuilder(Compression.ZSTD);
        builder.add(Records.record("0".repeat(2 * MIB)));
        assertThatThrownBy(() -> builder.build().requireSound(MIB, MIB))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("uncompressed_size");
        RecordBatch negative = withUncompressedSize(RecordBatch.of(List.of(Records.record("x"))), 1 << 31);
        assertThatThrownBy(() -> negative.requireSound(MIB, MIB)).hasMessageContaining("found 2147483648");
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void damageAnywhereInTheRegionIsRefusedOrGivesRecords(Compression compression) {
        Seeds.forEach(300, random -> {
            BatchBuilder builder = new BatchBuilder(compression);
            for (int i = 0; i < 20; i++) {
                builder.add(Records.any(random));
            }
            ByteBuffer bytes = copy(builder.build());
            bytes.put(RecordBatch.HEADER_BYTES + random.nextInt(bytes.limit() - RecordBatch.HEADER_BYTES), (byte)
                    random.nextInt());
            RecordBatch damaged = RecordBatch.wrap(bytes);
            assertThatCode(() -> tolerate(damaged)).doesNotThrowAnyException();
        });
    }

    private static void tolerate(RecordBatch damaged) {
        try {
            damaged.records().forEach(RecordCodec::decode);
        } catch (InvalidBatchException expected) {
            assertThat(expected).hasMessageMatching(".*(records|count|uncompressed_size|mq.Record).*");
        }
    }

    private static RecordBatch withUncompressedSize(RecordBatch batch, int size) {
        return RecordBatch.around(copy(batch).array(), batch.count(), batch.compression(), size);
    }

    private static ByteBuffer copy(RecordBatch batch) {
        ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes()).order(ByteOrder.LITTLE_ENDIAN);
        return copy.put(batch.bytes()).flip();
    }
}
