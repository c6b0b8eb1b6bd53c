package io.mq.grpc;

import io.mq.core.broker.SeekRequest;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.SeekResponse;
import io.mq.proto.SoughtPartition;
import io.mq.proto.StartPosition.PositionCase;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Translates seeks. */
final class SeekMessages {

    private SeekMessages() {}

    /** @throws BrokerException {@link Reason#INVALID_FIELD} where it does not say to which place: a guess could lose messages */
    static SeekRequest request(io.mq.proto.SeekRequest request) {
        if (request.getTo().getPositionCase() == PositionCase.POSITION_NOT_SET) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD, "to is not set; say earliest, latest, offset or time", Map.of("field", "to"));
        }
        return new SeekRequest(
                request.getConsumerGroup(),
                request.getTopic(),
                request.hasPartition() ? OptionalInt.of(request.getPartition()) : OptionalInt.empty(),
                StartPositions.of("to", request.getTo()),
                request.getDryRun());
    }

    static SeekResponse toProto(List<Sought> partitions) {
        SeekResponse.Builder answer = SeekResponse.newBuilder();
        partitions.forEach(partition -> answer.addPartitions(toProto(partition)));
        return answer.build();
    }

    private static SoughtPartition toProto(Sought sought) {
        SoughtPartition.Builder partition =
                SoughtPartition.newBuilder().setPartition(sought.partition()).setOffset(sought.offset());
        sought.before().ifPresent(partition::setOffsetBefore);
        return partition.build();
    }
}
