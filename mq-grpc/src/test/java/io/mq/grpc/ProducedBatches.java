package io.mq.grpc;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.mq.proto.Record;
import io.mq.proto.RecordBatch;
import io.mq.proto.Records;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Makes batches as a client in any language would: from the contract, with nothing of mq's own code. */
final class ProducedBatches {

    static final int MAGIC = 0x0142514D;

    private ProducedBatches() {}

    static RecordBatch of(String... payloads) {
        return builder(payloads).build();
    }

    static RecordBatch.Builder builder(String... payloads) {
        Records.Builder records = Records.newBuilder();
        Stream.of(payloads)
                .forEach(payload ->
                        records.addRecords(Record.newBuilder().setPayload(ByteString.copyFromUtf8(payload))));
        return sealed(
                payloads.length,
                0,
                records.build().toByteString(),
                records.build().getSerializedSize());
    }

    static RecordBatch.Builder sealed(int count, int attributes, ByteString region, int uncompressedSize) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(count)
                .putInt(attributes)
                .putInt(uncompressedSize)
                .flip());
        crc.update(region.asReadOnlyByteBuffer());
        return RecordBatch.newBuilder()
                .setMagic(MAGIC)
                .setCount(count)
                .setAttributes(attributes)
                .setUncompressedSize(uncompressedSize)
                .setRecordsCrc((int) crc.getValue())
                .setRecords(region);
    }

    /** Compressed with ZSTD. */
    static RecordBatch compressed(String... payloads) {
        ByteString plain = of(payloads).getRecords();
        return sealed(payloads.length, 2, ByteString.copyFrom(Zstd.compress(plain.toByteArray())), plain.size())
                .build();
    }

    /** What says that it is compressed with ZSTD and is not; nothing but a look into it tells. */
    static RecordBatch notCompressed() {
        return sealed(3, 2, ByteString.copyFromUtf8("this is not ZSTD"), 100).build();
    }

    /** The batch that a producer with a number sends. */
    static RecordBatch numbered(long producerId, int epoch, int sequence, String... payloads) {
        return builder(payloads)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setBaseSequence(sequence)
                .build();
    }
}
