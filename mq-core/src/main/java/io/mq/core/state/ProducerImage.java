package io.mq.core.state;

import java.util.List;
import java.util.Map;

/** All producers, as a checkpoint holds them. */
public record ProducerImage(List<ProducerState> producers, Map<ProducerSequences.Key, ProducerSequences> sequences) {

    public static final ProducerImage EMPTY = new ProducerImage(List.of(), Map.of());
}
