package io.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mq.batch.BatchBuilder;
import io.mq.batch.Compression;
import io.mq.batch.Records;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FrameStreamTest {

    private static PublishFrame frame(long id, int partition, int durability) {
        BuilderPool pool = new BuilderPool(Compression.NONE);
        PendingBatch batch = new PendingBatch(new BatchBuilder(Compression.NONE), 0);
        batch.add(Records.record("k", "payload"), (published, failure) -> {}, 0);
        batch.seal(pool);
        batch.records().stampProducer(7, 3, 11);
        return PublishFrame.of(id, partition, batch, durability);
    }

    private static byte[] drained(FrameStream stream) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int announced = stream.available();
        assertThat(stream.drainTo(bytes)).isEqualTo(announced).isEqualTo(bytes.size());
        assertThat(stream.available()).isZero();
        return bytes.toByteArray();
    }

    @Test
    void bytesAreThoseOfTheMessageThatProtobufWouldMake() throws IOException {
        for (long id : new long[] {0, 1, 300, Long.MAX_VALUE}) {
            PublishFrame frame = frame(id, 200, io.mq.proto.Durability.FSYNCED_VALUE);
            PublishStreamRequest request = PublishStreamRequest.parseFrom(drained(new FrameStream(frame)));

            assertThat(request.getFrame().getFrameId()).isEqualTo(id);
            assertThat(request.getFrame().getPartition()).isEqualTo(200);
            assertThat(request.getFrame().getDurability()).isEqualTo(io.mq.proto.Durability.FSYNCED);
            RecordBatch batch = request.getFrame().getBatch();
            assertThat(batch.getProducerId()).isEqualTo(7);
            assertThat(batch.getProducerEpoch()).isEqualTo(3);
            assertThat(batch.getBaseSequence()).isEqualTo(11);
            assertThat(batch.getCount()).isEqualTo(1);
            assertThat(io.mq.proto.Records.parseFrom(batch.getRecords())
                            .getRecords(0)
                            .getPayload())
                    .isEqualTo(ByteString.copyFromUtf8("payload"));
        }
    }

    @Test
    void partitionIsPresentEvenIfItIsTheFirst() throws IOException {
        PublishStreamRequest request = PublishStreamRequest.parseFrom(drained(new FrameStream(frame(0, 0, 0))));
        assertThat(request.getFrame().hasPartition()).isTrue();
        assertThat(request.getFrame().getDurability()).isEqualTo(io.mq.proto.Durability.DURABILITY_UNSPECIFIED);
    }

    @Test
    void readGivesTheSameBytes() throws IOException {
        PublishFrame frame = frame(300, 5, 1);
        byte[] expected = drained(new FrameStream(frame));
        FrameStream stream = new FrameStream(frame);
        assertThat(stream.read()).isEqualTo(expected[0]);
        assertThat(stream.available()).isEqualTo(expected.length - 1);
        byte[] rest = stream.readAllBytes();
        assertThat(rest).isEqualTo(Arrays.copyOfRange(expected, 1, expected.length));
        assertThat(stream.available()).isZero();
    }
}
