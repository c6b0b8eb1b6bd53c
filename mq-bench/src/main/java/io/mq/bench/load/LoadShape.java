package io.mq.bench.load;

import io.mq.batch.Compression;

/**
 * What the messages of a load are and where they go.
 *
 * @param bytes of a payload, 8 at least
 * @param partitions that take the messages in turn
 */
record LoadShape(int bytes, int partitions, Compression codec) {}
