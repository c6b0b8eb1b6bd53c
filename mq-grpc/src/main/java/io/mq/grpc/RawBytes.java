package io.mq.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages of a call that is passed on as they are. Each can be read once, and only while it is being handed over. */
final class RawBytes implements Marshaller<InputStream> {

    private static final RawBytes MARSHALLER = new RawBytes();

    private RawBytes() {}

    /** The same method, of whose messages nothing is known, as its caller sees it. */
    static MethodDescriptor<InputStream, InputStream> received(MethodDescriptor<?, ?> method) {
        return method.toBuilder(MARSHALLER, MARSHALLER).build();
    }

    /**
     * The same method, of whose messages nothing is known, to be called elsewhere. It passes for one with streams, which
     * makes no difference on the wire: of a single request, gRPC would not say when there is room for it.
     */
    static MethodDescriptor<InputStream, InputStream> passedOn(MethodDescriptor<?, ?> method) {
        return method.toBuilder(MARSHALLER, MARSHALLER)
                .setType(MethodType.BIDI_STREAMING)
                .build();
    }

    /** @param otherwise for a message that was compressed on its way, whose length shows only when it is read */
    static int length(InputStream message, int otherwise) {
        try {
            return message instanceof KnownLength ? message.available() : otherwise;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream stream(InputStream message) {
        return message;
    }

    @Override
    public InputStream parse(InputStream message) {
        return message;
    }
}
