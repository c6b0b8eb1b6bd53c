package io.mq.batch;

import io.mq.batch.Record.Header;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one record: the protobuf message {@code mq.Record} of {@code mq.proto}. Its field numbers are those of
 * {@code mq.PublishRequest} and {@code mq.Message}, so that an edge can put stored bytes into an answer unread.
 *
 * <table>
 * <caption>mq.Record</caption>
 * <tr><th>tag</th><th>field</th><th>content</th></tr>
 * <tr><td>0x12</td><td>payload = 2</td><td>length, bytes</td></tr>
 * <tr><td>0x1A</td><td>headers = 3, repeated</td><td>length, then 0x0A name, 0x12 value: a map entry</td></tr>
 * <tr><td>0x32</td><td>key = 6, optional</td><td>length, bytes</td></tr>
 * </table>
 */
public final class RecordCodec {

    private static final int PAYLOAD = 2 << 3 | 2;
    private static final int HEADER = 3 << 3 | 2;
    private static final int KEY = 6 << 3 | 2;
    private static final int ENTRY_NAME = 1 << 3 | 2;
    private static final int ENTRY_VALUE = 2 << 3 | 2;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private RecordCodec() {}

    static int sizeOf(Record record) {
        int size = fieldSize(record.payload().remaining());
        for (Header header : record.headers()) {
            size += fieldSize(entrySize(header));
        }
        return size + record.key().map(k -> fieldSize(k.remaining())).orElse(0);
    }

    static void encode(Record record, ByteBuffer target) {
        putBytes(target, PAYLOAD, record.payload());
        for (Header header : record.headers()) {
            Varint.put(target, HEADER);
            Varint.put(target, entrySize(header));
            putString(target, ENTRY_NAME, header.name());
            putString(target, ENTRY_VALUE, header.value());
        }
        record.key().ifPresent(key -> putBytes(target, KEY, key));
    }

    /**
     * Reads one record; unknown fields are passed over. The result shares the bytes of {@code source}.
     *
     * @throws InvalidBatchException where the bytes are not a record
     */
    public static Record decode(ByteBuffer source) {
        ByteBuffer in = source.slice();
        Optional<ByteBuffer> key = Optional.empty();
        ByteBuffer payload = EMPTY;
        List<Header> headers = List.of();
        while (in.hasRemaining()) {
            int tag = Varint.get(in);
            switch (tag) {
                case PAYLOAD -> payload = lengthDelimited(in);
                case KEY -> key = Optional.of(lengthDelimited(in));
                case HEADER -> {
                    headers = headers.isEmpty() ? new ArrayList<>(4) : headers;
                    headers.add(decodeHeader(lengthDelimited(in)));
                }
                default -> skip(in, tag);
            }
        }
        return new Record(key, payload, List.copyOf(headers));
    }

    /**
     * Reads a record's payload alone. The result shares the bytes of {@code source}.
     *
     * @throws InvalidBatchException where the bytes are not a record
     */
    public static ByteBuffer payload(ByteBuffer source) {
        ByteBuffer in = source.slice();
        if (in.hasRemaining() && in.get() == PAYLOAD) {
            ByteBuffer payload = lengthDelimited(in);
            if (!in.hasRemaining()) {
                return payload;
            }
        }
        // Something else comes first or follows, perhaps another payload.
        return decode(source).payload();
    }

    private static Header decodeHeader(ByteBuffer in) {
        String name = "";
        String value = "";
        while (in.hasRemaining()) {
            int tag = Varint.get(in);
            switch (tag) {
                case ENTRY_NAME -> name = utf8(lengthDelimited(in));
                case ENTRY_VALUE -> value = utf8(lengthDelimited(in));
                default -> skip(in, tag);
            }
        }
        return new Header(name, value);
    }

    static int headersSize(List<Header> headers) {
        int size = 0;
        for (Header header : headers) {
            size += utf8Size(header.name()) + utf8Size(header.value());
        }
        return size;
    }

    /** The next length-delimited field's content; moves {@code in} past it. */
    static ByteBuffer lengthDelimited(ByteBuffer in) {
        int length = Varint.get(in);
        if (length < 0 || length > in.remaining()) {
            throw malformed("a field's length %d goes past its end".formatted(length));
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    private static void skip(ByteBuffer in, int tag) {
        int bytes = switch (tag & 7) {
            case 1 -> 8;
            case 5 -> 4;
            case 2 -> {
                lengthDelimited(in);
                yield 0;
            }
            case 0 -> {
                while (in.hasRemaining() && in.get(in.position()) < 0) {
                    in.get();
                }
                yield 1;
            }
            default -> Integer.MAX_VALUE;
        };
        if (tag <= 0 || bytes > in.remaining()) {
            throw malformed("tag %d cannot be read".formatted(tag));
        }
        in.position(in.position() + bytes);
    }

    private static InvalidBatchException malformed(String what) {
        return new InvalidBatchException("not an encoded mq.Record: " + what);
    }

    private static int fieldSize(int contentSize) {
        return 1 + Varint.sizeOf(contentSize) + contentSize;
    }

    private static int entrySize(Header header) {
        return fieldSize(utf8Size(header.name())) + fieldSize(utf8Size(header.value()));
    }

    private static void putBytes(ByteBuffer target, int tag, ByteBuffer content) {
        Varint.put(target, tag);
        Varint.put(target, content.remaining());
        target.put(content.duplicate());
    }

    private static void putString(ByteBuffer target, int tag, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Varint.put(target, tag);
        Varint.put(target, bytes.length);
        target.put(bytes);
    }

    private static String utf8(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** As many bytes as {@code String.getBytes(UTF_8)} makes: an unpaired surrogate becomes one '?'. */
    private static int utf8Size(String text) {
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                size += 1;
            } else if (c < 0x800) {
                size += 2;
            } else if (!Character.isSurrogate(c)) {
                size += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                size += 4;
                i++;
            } else {
                size += 1;
            }
        }
        return size;
    }
}
