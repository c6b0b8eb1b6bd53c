package io.mq.bench.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.batch.BatchParser;
import io.mq.batch.InvalidBatchException;
import io.mq.batch.ProtoInput;
import io.mq.proto.RecordBatch;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BatchesTest {

    private static final int BYTES_MAX = 1 << 20;

    private static void require(RecordBatch batch) throws IOException {
        BatchParser.parse(new ProtoInput(batch.toByteString().newInput(), batch.getSerializedSize()))
                .requireSound(BYTES_MAX, BYTES_MAX);
    }

    @Test
    void soundBatchIsSound() {
        assertThatCode(() -> require(Batches.sound(100))).doesNotThrowAnyException();
    }

    @Test
    void everyDamageIsOneThatAServerRefuses() {
        assertThat(Batches.damaged(100))
                .hasSize(7)
                .allSatisfy(
                        batch -> assertThatThrownBy(() -> require(batch)).isInstanceOf(InvalidBatchException.class));
    }
}
