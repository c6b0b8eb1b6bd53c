package io.mq.grpc;

import io.mq.batch.RecordBatch;
import io.mq.proto.Durability;
import java.util.OptionalInt;

/**
 * One batch of a PublishStream or PublishBatch call, as it was read off the wire.
 *
 * @param topic empty on a stream, whose init has it
 * @param frameId 0 in a PublishBatch call
 * @param batch null where the request has none
 */
record PublishedFrame(String topic, long frameId, OptionalInt partition, RecordBatch batch, Durability durability) {}
