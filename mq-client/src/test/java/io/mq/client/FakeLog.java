package io.mq.client;

import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One partition of a fake broker: stored batches, and what each producer has stored. Guarded by the broker. */
final class FakeLog {

    /** As many last batches of a producer are told from new ones. */
    private static final int REMEMBERED = 64;

    final List<RecordBatch> batches = new ArrayList<>();
    final Map<Long, ProducerState> producers = new HashMap<>();

    static final class ProducerState {
        int nextSequence;
        final Map<Integer, Long> offsets = new HashMap<>();
        final List<Integer> order = new ArrayList<>();
    }

    long end() {
        return batches.isEmpty() ? 0 : batches.get(batches.size() - 1).nextOffset();
    }

    /** Where this very batch was stored before. */
    Optional<Long> duplicateOf(RecordBatch batch) {
        ProducerState state = producers.get(batch.producerId());
        return state == null ? Optional.empty() : Optional.ofNullable(state.offsets.get(batch.baseSequence()));
    }

    boolean isNext(RecordBatch batch) {
        ProducerState state = producers.get(batch.producerId());
        return batch.producerId() == 0 || batch.baseSequence() == (state == null ? 0 : state.nextSequence);
    }

    long append(RecordBatch batch) {
        long offset = end();
        batch.stampAppendTime(1_000_000 + offset);
        batch.stamp(offset, 1);
        batches.add(batch);
        if (batch.producerId() != 0) {
            ProducerState state = producers.computeIfAbsent(batch.producerId(), id -> new ProducerState());
            state.nextSequence = batch.baseSequence() + batch.count();
            state.offsets.put(batch.baseSequence(), offset);
            state.order.add(batch.baseSequence());
            if (state.order.size() > REMEMBERED) {
                state.offsets.remove(state.order.remove(0));
            }
        }
        return offset;
    }

    List<String> payloads() {
        return batches.stream().flatMap(batch -> payloadsOf(batch).stream()).toList();
    }

    static List<String> payloadsOf(RecordBatch batch) {
        return batch.records().stream()
                .map(record -> StandardCharsets.UTF_8
                        .decode(RecordCodec.decode(record).payload())
                        .toString())
                .toList();
    }
}
