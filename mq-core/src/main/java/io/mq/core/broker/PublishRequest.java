package io.mq.core.broker;

import io.mq.batch.Record;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One message to be published.
 *
 * @param partition empty lets the key, or the turn, decide
 * @param isDeadLetter publish to the topic's dead-letter topic instead, which is created where it is missing
 * @param durability the least that the answer may promise; empty for the strongest that there is
 */
public record PublishRequest(
        String topic, OptionalInt partition, Record record, boolean isDeadLetter, Optional<Durability> durability) {}
