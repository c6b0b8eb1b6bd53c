package io.mq.core.state;

import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.LogState;
import java.util.List;
import java.util.Map;

/**
 * The whole state as of one command, as a checkpoint holds it.
 *
 * @param applied the last command whose effect is included
 * @param nextTopicId what the next topic's id will be
 * @param logs partitions that have none are new and empty
 */
public record StateImage(
        LogPosition applied,
        int nextTopicId,
        List<Topic> topics,
        Map<PartitionId, LogState> logs,
        List<GroupOffset> offsets,
        ProducerImage producers) {

    public static final StateImage EMPTY =
            new StateImage(LogPosition.START, 1, List.of(), Map.of(), List.of(), ProducerImage.EMPTY);
}
