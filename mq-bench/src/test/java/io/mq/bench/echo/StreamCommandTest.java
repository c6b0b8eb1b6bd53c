package io.mq.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mq.batch.BatchParser;
import io.mq.batch.ProtoInput;
import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import io.mq.proto.PublishStreamRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamCommandTest {

    private static final int BYTES_MAX = 1 << 20;

    @Test
    void aFrameHasASoundBatchOfOneMessage() throws IOException {
        ByteString payload = ByteString.copyFrom(new byte[] {0, -1, 7});

        PublishStreamRequest request = StreamCommand.frame(payload);

        byte[] batch = request.getFrame().getBatch().toByteArray();
        RecordBatch parsed = BatchParser.parse(new ProtoInput(new ByteArrayInputStream(batch), batch.length));
        parsed.requireSound(BYTES_MAX, BYTES_MAX);
        List<ByteString> payloads = new ArrayList<>();
        for (ByteBuffer message : parsed.records()) {
            payloads.add(ByteString.copyFrom(RecordCodec.payload(message)));
        }
        assertThat(payloads).containsExactly(payload);
        assertThat(parsed.producerId()).isZero();
    }
}
