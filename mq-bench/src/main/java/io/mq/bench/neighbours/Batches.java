package io.mq.bench.neighbours;

import com.google.protobuf.ByteString;
import io.mq.bench.wire.SingleMessage;
import io.mq.proto.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Batches as any client may make them: sound ones, and ones that a server must refuse. */
final class Batches {

    private Batches() {}

    /** One message of so many bytes. */
    static RecordBatch sound(int bytes) {
        return SingleMessage.batch(ByteString.copyFrom(new byte[bytes]));
    }

    private static RecordBatch sealed(RecordBatch.Builder batch) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(3 * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(batch.getCount())
                .putInt(batch.getAttributes())
                .putInt(batch.getUncompressedSize())
                .flip());
        crc.update(batch.getRecords().asReadOnlyByteBuffer());
        return batch.setRecordsCrc((int) crc.getValue()).build();
    }

    /** One of each kind of damage; but for the first, the checksum is right. */
    static List<RecordBatch> damaged(int bytes) {
        RecordBatch sound = sound(bytes);
        return List.of(
                sound.toBuilder().setRecordsCrc(sound.getRecordsCrc() ^ 1).build(),
                changed(sound, batch -> batch.setMagic(batch.getMagic() + (1 << 24))),
                changed(sound, batch -> batch.setCount(2)),
                changed(sound, batch -> batch.setCount(-1)),
                changed(sound, batch -> batch.setAttributes(7)),
                changed(sound, batch -> batch.setAttributes(1).setUncompressedSize(Integer.MAX_VALUE)),
                changed(sound, batch -> batch.setRecords(batch.getRecords().substring(1))));
    }

    private static RecordBatch changed(RecordBatch sound, Consumer<RecordBatch.Builder> change) {
        RecordBatch.Builder changed = sound.toBuilder();
        change.accept(changed);
        return sealed(changed);
    }
}
