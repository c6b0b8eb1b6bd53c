package io.mq.grpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.protobuf.ProtoUtils;
import java.io.InputStream;

/** An answer that is written to the wire as it is, or as protobuf does it. */
interface RawAnswer {

    /** The bytes; asked for once, and read before the call that sends the answer returns. */
    InputStream stream();

    static <T extends Message> RawAnswer of(T message) {
        return () -> ProtoUtils.marshaller(message).stream(message);
    }

    static Marshaller<RawAnswer> marshaller() {
        return new Marshaller<>() {
            @Override
            public InputStream stream(RawAnswer answer) {
                return answer.stream();
            }

            @Override
            public RawAnswer parse(InputStream stream) {
                throw new UnsupportedOperationException("a server only writes answers");
            }
        };
    }
}
