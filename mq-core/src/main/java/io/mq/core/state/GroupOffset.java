package io.mq.core.state;

import io.mq.core.message.PartitionId;
import java.time.Instant;

/**
 * How far a consumer group has come in one partition.
 *
 * @param offset the next offset that the group will read
 * @param metadata the committer's own note
 */
public record GroupOffset(String group, PartitionId partition, long offset, String metadata, Instant committedAt) {}
