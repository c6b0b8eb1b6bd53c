package io.mq.core.broker;

import java.nio.ByteBuffer;

/**
 * Batches that were read on request.
 *
 * @param batches as they are stored, one after the other
 * @param start the first offset that is kept
 * @param end the offset that the next message gets
 */
public record FetchedBatches(ByteBuffer batches, long start, long end) {}
