package io.mq.web;

import io.mq.batch.Record.Header;
import io.mq.core.broker.Fetched;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** A message as an HTTP response: its payload is the body, and everything else in headers that any client can read. */
final class RawMessage {

    private RawMessage() {}

    static Response response(Fetched fetched, Fetched.Message message) {
        Response.ResponseBuilder response = Response.ok(
                        bytes(message.record().payload()), MediaType.APPLICATION_OCTET_STREAM)
                .header("Mq-Message-Id", fetched.messageId(message))
                .header("Mq-Offset", message.offset())
                .header("Mq-Timestamp", message.appendTime())
                .header(
                        "Mq-Headers",
                        message.record().headers().stream()
                                .map(RawMessage::encoded)
                                .collect(Collectors.joining("&")));
        message.record().key().ifPresent(key -> response.header("Mq-Key", Encoding.BASE64.encode(key)));
        return response.build();
    }

    /** HTTP headers carry neither all names nor all characters that a message's headers may have. */
    private static String encoded(Header header) {
        return URLEncoder.encode(header.name(), StandardCharsets.UTF_8)
                + "="
                + URLEncoder.encode(header.value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
