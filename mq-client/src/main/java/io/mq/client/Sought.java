package io.mq.client;

import io.mq.proto.SoughtPartition;
import java.util.OptionalLong;

/**
 * What a seek has done in a partition, or would do.
 *
 * @param before what was committed; empty where nothing was
 * @param offset what is committed then
 */
public record Sought(int partition, OptionalLong before, long offset) {

    static Sought of(SoughtPartition proto) {
        return new Sought(
                proto.getPartition(),
                proto.hasOffsetBefore() ? OptionalLong.of(proto.getOffsetBefore()) : OptionalLong.empty(),
                proto.getOffset());
    }
}
