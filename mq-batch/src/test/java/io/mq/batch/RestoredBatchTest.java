package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a look into a compressed batch finds, and that it never restores more than the batch declares. */
class RestoredBatchTest {

    private static final int MIB = 1 << 20;

    private final RegionBuffers buffers = new RegionBuffers();

    private static Stream<Compression> codecs() {
        return Stream.of(Compression.LZ4, Compression.ZSTD);
    }

    private static Stream<Arguments> damages() {
        return codecs().flatMap(codec -> Stream.of(CompressedDamage.values()).map(d -> Arguments.of(d, codec)));
    }

    private void requireSound(RecordBatch batch) {
        batch.requireSound(MIB, MIB);
        batch.requireSoundRestored(MIB, buffers);
    }

    private void assertRefusedOnlyWhenRestored(RecordBatch wrong, String text) {
        wrong.requireSound(MIB, MIB);
        assertThatThrownBy(() -> wrong.requireSoundRestored(MIB, buffers))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void batchAsABuilderMakesItIsSound(Compression codec) {
        Seeds.forEach(50, random -> {
            BatchBuilder builder = new BatchBuilder(codec);
            for (int i = 1 + random.nextInt(60); i > 0; i--) {
                builder.add(Records.any(random));
            }
            requireSound(builder.build());
        });
    }

    @ParameterizedTest
    @MethodSource("damages")
    void damageIsFoundWhenTheBatchIsRestored(CompressedDamage damage, Compression codec) {
        assertRefusedOnlyWhenRestored(damage.batch(codec), damage.text(codec));
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void regionCutAnywhereIsRefused(Compression codec) {
        byte[] region = CompressedDamage.region("abc", "x".repeat(1000), "def");
        byte[] sound = CompressedDamage.compress(codec, region);
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertRefusedOnlyWhenRestored(CompressedDamage.batch(codec, cut, 3, region.length), "records");
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void recordAboveTheBoundIsRefused(Compression codec) {
        byte[] region = CompressedDamage.region("a", "x".repeat(98), "x".repeat(99));
        RecordBatch batch = CompressedDamage.batch(codec, CompressedDamage.compress(codec, region), 3, region.length);
        batch.requireSoundRestored(101, buffers);
        assertThatThrownBy(() -> batch.requireSoundRestored(100, buffers))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("record 2 has 101 bytes, at most 100 are allowed");
    }

    /** The library would restore both; a consumer in another language may stop after the first. */
    @Test
    void secondZstdFrameIsRefused() {
        byte[] first = CompressedDamage.region("abc");
        byte[] second = CompressedDamage.region("def");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Zstd.compress(first));
        both.writeBytes(Zstd.compress(second));
        RecordBatch twoFrames =
                CompressedDamage.batch(Compression.ZSTD, both.toByteArray(), 2, first.length + second.length);
        assertThat(twoFrames.records()).hasSize(2);
        assertRefusedOnlyWhenRestored(twoFrames, "expected one ZSTD frame of %d bytes".formatted(both.size()));
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void nothingIsWrittenBeyondWhatTheBatchDeclares(Compression codec) {
        byte[] bomb = CompressedDamage.compress(codec, CompressedDamage.region("0".repeat(MIB)));
        byte[] target = new byte[2 * MIB];
        Arrays.fill(target, (byte) 7);
        assertThatThrownBy(() -> codec.decompress(ByteBuffer.wrap(bomb), target, 1000))
                .isInstanceOf(InvalidBatchException.class);
        assertThat(Arrays.copyOfRange(target, 1000, target.length)).containsOnly(7);
    }

    /** A match that copies what is to be written onto itself shows what was there, unless the library sees to it. */
    @Test
    void whatAnotherBatchHasLeftBehindHasNoSay() {
        for (int length = 4; length < 19; length++) {
            // Two literals, a match of so many bytes that begins where it is to be written, five literals.
            byte[] block = {(byte) (0x20 | length - 4), 'a', 'b', 0, 0, 0x50, 'v', 'w', 'x', 'y', 'z'};
            byte[] used = new byte[64];
            Arrays.fill(used, (byte) 7);
            assertThat(restored(block, used, 7 + length)).isEqualTo(restored(block, new byte[64], 7 + length));
        }
    }

    /** What comes of it, or why not. */
    private static List<Object> restored(byte[] block, byte[] target, int size) {
        try {
            Compression.LZ4.decompress(ByteBuffer.wrap(block), target, size);
            return List.of(ByteBuffer.wrap(target, 0, size));
        } catch (InvalidBatchException e) {
            return List.of(e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatIsFoundSoundCanBeRead(Compression codec) {
        Seeds.forEach(300, random -> {
            BatchBuilder builder = new BatchBuilder(codec);
            for (int i = 0; i < 5; i++) {
                builder.add(Records.any(random));
            }
            RecordBatch sound = builder.build();
            byte[] region = Records.content(sound.bytes().position(RecordBatch.HEADER_BYTES));
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                region[random.nextInt(region.length)] = (byte) random.nextInt();
            }
            RecordBatch damaged = CompressedDamage.batch(codec, region, sound.count(), sound.uncompressedSize());
            if (isSound(damaged)) {
                assertThat(damaged.records()).hasSize(5);
            }
        });
    }

    private boolean isSound(RecordBatch batch) {
        try {
            requireSound(batch);
            return true;
        } catch (InvalidBatchException e) {
            return false;
        }
    }
}
