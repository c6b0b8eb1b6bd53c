package io.mq.core.state;

/**
 * A producer that wants what it sends twice to be stored once.
 *
 * @param epoch rises with each of its lives, from 1 on
 * @param lastUsedMillis when its last batch came or its life began, in milliseconds since 1970
 */
public record ProducerState(long id, int epoch, long lastUsedMillis) {}
