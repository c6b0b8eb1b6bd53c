package io.mq.web;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Stops reading a body that is larger than any message can be, before it fills the memory. */
@Provider
public class BodyLimit implements ContainerRequestFilter {

    /** Names and numbers around a message, in JSON. */
    private static final long OVERHEAD_BYTES = 1 << 20;

    /** Read and thrown away: a client that is still sending when the connection is closed never sees the answer. */
    private static final long DISCARDED_BYTES_MAX = 64 << 20;

    @Inject
    private Configuration configuration;

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        // Base64 makes four bytes of three.
        long bytesMax = configuration.get(Settings.MESSAGE_BYTES_MAX) / 3 * 4 + OVERHEAD_BYTES;
        if (request.getLength() > bytesMax) {
            discard(request.getEntityStream());
            throw tooLarge(bytesMax);
        }
        if (request.hasEntity()) {
            request.setEntityStream(new LimitedStream(request.getEntityStream(), bytesMax));
        }
    }

    private static void discard(InputStream body) throws IOException {
        long discarded = 0;
        byte[] buffer = new byte[8192];
        for (int n = body.read(buffer); n >= 0 && discarded < DISCARDED_BYTES_MAX; n = body.read(buffer)) {
            discarded += n;
        }
    }

    private static BrokerException tooLarge(long bytesMax) {
        return BrokerException.of(
                Reason.MESSAGE_TOO_LARGE,
                "the body has more than %d bytes; send less or raise mq.limits.message-bytes-max".formatted(bytesMax),
                Map.of("max", Long.toString(bytesMax)));
    }

    private static final class LimitedStream extends FilterInputStream {

        private final long bytesMax;
        private long bytesRead;

        LimitedStream(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            count(Math.max(0, n));
            return n;
        }

        private void count(int bytes) throws IOException {
            bytesRead += bytes;
            if (bytesRead > bytesMax) {
                discard(in);
                throw tooLarge(bytesMax);
            }
        }
    }
}
