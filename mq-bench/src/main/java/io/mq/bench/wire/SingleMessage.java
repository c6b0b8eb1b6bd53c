package io.mq.bench.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import io.mq.batch.Record;
import io.mq.proto.RecordBatch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A batch of one message. */
public final class SingleMessage {

    private SingleMessage() {}

    /** Without a producer's number, so that it may be sent again and again. */
    public static RecordBatch batch(ByteString payload) {
        Record message = new Record(Optional.empty(), payload.asReadOnlyByteBuffer(), List.of());
        CodedInputStream in = CodedInputStream.newInstance(
                io.mq.batch.RecordBatch.of(List.of(message)).bytes());
        RecordBatch.Builder batch = RecordBatch.newBuilder();
        try {
            // A batch is encoded as a field of another message: its tag comes first.
            int unused = in.readTag();
            in.readMessage(batch, ExtensionRegistryLite.getEmptyRegistry());
        } catch (IOException e) {
            throw new AssertionError("what was just encoded cannot fail to be read", e);
        }
        return batch.build();
    }
}
