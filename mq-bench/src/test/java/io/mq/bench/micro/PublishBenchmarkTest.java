package io.mq.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is measured per message is divided by as many messages as are stored. */
class PublishBenchmarkTest {

    private final PublishBenchmark benchmark = new PublishBenchmark();

    @BeforeEach
    void open() throws IOException {
        benchmark.open();
        benchmark.createTopic();
    }

    @AfterEach
    void close() throws IOException {
        benchmark.close();
    }

    @Test
    void aBatchStoresItsMessages() {
        benchmark.batch();

        assertThat(benchmark.stored()).isEqualTo(Batches.MESSAGES);
    }

    @Test
    void placedBatchesStoreAllOfTheirs() {
        benchmark.batchesPlaced();

        assertThat(benchmark.stored()).isEqualTo(PublishBenchmark.PLACED * Batches.MESSAGES);
    }

    @Test
    void singleMessagesAreAsManyAsABatchHas() {
        benchmark.messages();

        assertThat(benchmark.stored()).isEqualTo(Batches.MESSAGES);
    }

    @Test
    void theNextIterationStartsWithAnEmptyTopic() {
        benchmark.batch();
        benchmark.deleteTopic();
        benchmark.createTopic();

        assertThat(benchmark.stored()).isZero();
    }
}
