package io.mq.web;

import io.mq.batch.Record;
import io.mq.batch.Record.Header;
import io.mq.core.broker.Durability;
import io.mq.core.broker.Fetched;
import io.mq.core.broker.PublishRequest;
import io.mq.core.broker.Published;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Messages on their way in and out, in JSON. */
final class MessageJson {

    private MessageJson() {}

    /**
     * A message to be published.
     *
     * @param encoding of key and payload: {@code base64}, the default, or {@code utf8}
     * @param key messages with equal keys go to the same partition
     * @param partition where it is missing, the key decides, or each partition takes its turn
     * @param durability the least that the answer may promise: WRITTEN, FSYNCED or REPLICATED
     * @param deadLetter publish to the topic's dead letters instead
     */
    public record PublishMessage(
            String encoding,
            String key,
            String payload,
            Map<String, String> headers,
            Integer partition,
            String durability,
            boolean deadLetter) {

        PublishRequest toRequest(String topic) {
            Encoding as = Encoding.named(encoding);
            Record message = new Record(
                    Optional.ofNullable(key).map(text -> as.decode("key", text)),
                    as.decode("payload", payload == null ? "" : payload),
                    headersOf(headers));
            return new PublishRequest(
                    topic,
                    partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                    message,
                    deadLetter,
                    durabilityOf(durability));
        }
    }

    static List<Header> headersOf(Map<String, String> headers) {
        return headers == null
                ? List.of()
                : headers.entrySet().stream()
                        .map(header -> new Header(
                                header.getKey(), Fields.required("headers." + header.getKey(), header.getValue())))
                        .toList();
    }

    static Optional<Durability> durabilityOf(String name) {
        if (name == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Durability.valueOf(name));
        } catch (IllegalArgumentException e) {
            throw Fields.invalid("durability", "must be WRITTEN, FSYNCED or REPLICATED, found '%s'".formatted(name));
        }
    }

    public record Acknowledged(
            String messageId, String topic, int partition, long offset, String timestamp, String durability) {

        static Acknowledged of(Published published) {
            return new Acknowledged(
                    published.messageId(),
                    published.topic(),
                    published.partition().partition(),
                    published.offset(),
                    published.appendTime().toString(),
                    published.durability().name());
        }
    }

    /**
     * Messages that were read.
     *
     * @param startOffset the oldest offset that is kept
     * @param endOffset the offset that the next message gets
     */
    public record MessageList(
            String topic, int partition, long startOffset, long endOffset, List<FetchedMessage> messages) {

        static MessageList of(Fetched fetched, Encoding encoding) {
            return new MessageList(
                    fetched.topic().name(),
                    fetched.partition().partition(),
                    fetched.start(),
                    fetched.end(),
                    fetched.messages().stream()
                            .map(message -> FetchedMessage.of(fetched, message, encoding))
                            .toList());
        }
    }

    public record FetchedMessage(
            long offset, String messageId, String timestamp, String key, String payload, Map<String, String> headers) {

        static FetchedMessage of(Fetched fetched, Fetched.Message message, Encoding encoding) {
            Map<String, String> headers = new LinkedHashMap<>();
            message.record().headers().forEach(header -> headers.put(header.name(), header.value()));
            return new FetchedMessage(
                    message.offset(),
                    fetched.messageId(message),
                    message.appendTime().toString(),
                    message.record().key().map(encoding::encode).orElse(null),
                    encoding.encode(message.record().payload()),
                    headers);
        }
    }
}
