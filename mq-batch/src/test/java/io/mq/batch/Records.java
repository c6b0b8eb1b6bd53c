package io.mq.batch;

import io.mq.batch.Record.Header;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes records for tests. */
public final class Records {

    /** One, two, three and four bytes in UTF-8, and surrogates that have lost their partner. */
    private static final String[] LETTERS = {
        "a", "Z", "\0", "ä", "ß", "日", "€", "\uFFFD", "😀", "𝄞", "\uD800", "\uDC00"
    };

    private Records() {}

    public static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Record record(String payload) {
        return new Record(Optional.empty(), bytes(payload), List.of());
    }

    public static Record record(String key, String payload, Header... headers) {
        return new Record(Optional.of(bytes(key)), bytes(payload), List.of(headers));
    }

    /** A batch with its place and time, as it is stored. */
    public static RecordBatch stamped(long baseOffset, long timeMillis, Record... records) {
        RecordBatch batch = RecordBatch.of(List.of(records));
        batch.stampAppendTime(timeMillis);
        batch.stamp(baseOffset, 0);
        return batch;
    }

    public static String text(RandomGenerator random, int lettersMax) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(lettersMax + 1); i > 0; i--) {
            text.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return text.toString();
    }

    public static ByteBuffer noise(RandomGenerator random, int bytesMax) {
        byte[] bytes = new byte[random.nextInt(bytesMax + 1)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    public static Record any(RandomGenerator random) {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(new Header(text(random, 8), text(random, 20)));
        }
        Optional<ByteBuffer> key = random.nextBoolean() ? Optional.empty() : Optional.of(noise(random, 20));
        return new Record(key, noise(random, 300), headers);
    }

    public static byte[] content(ByteBuffer buffer) {
        byte[] content = new byte[buffer.remaining()];
        buffer.duplicate().get(content);
        return content;
    }
}
