package io.mq.web;

import io.mq.core.error.BrokerException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How bytes are written in JSON. */
enum Encoding {
    BASE64 {
        @Override
        ByteBuffer decode(String field, String text) {
            try {
                return ByteBuffer.wrap(Base64.getDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                throw Fields.invalid(
                        field, "is not base64 (%s); set \"encoding\": \"utf8\" to send text".formatted(e.getMessage()));
            }
        }

        @Override
        String encode(ByteBuffer bytes) {
            return StandardCharsets.ISO_8859_1
                    .decode(Base64.getEncoder().encode(bytes.duplicate()))
                    .toString();
        }
    },
    UTF8 {
        @Override
        ByteBuffer decode(String field, String text) {
            return StandardCharsets.UTF_8.encode(text);
        }

        /** Bytes that are no UTF-8 become U+FFFD: this form is for reading, the other for keeping. */
        @Override
        String encode(ByteBuffer bytes) {
            return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        }
    };

    abstract ByteBuffer decode(String field, String text);

    abstract String encode(ByteBuffer bytes);

    /** @throws BrokerException for another name; none means base64 */
    static Encoding named(String name) {
        if (name == null || name.equals("base64")) {
            return BASE64;
        }
        if (name.equals("utf8")) {
            return UTF8;
        }
        throw Fields.invalid("encoding", "must be base64 or utf8, found '%s'".formatted(name));
    }
}
