package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.cluster.Leadership;
import io.mq.core.command.AdoptProducerCommand;
import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.command.PutTopicCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.journal.Journal;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A catalog and another shard, whose journals are of their own. */
class ProducerOpenerTest {

    private static final long PRODUCER = 7;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Topic TOPIC =
            new Topic(1, "orders", 2, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW, 2);

    private final EngineFixture catalog = EngineFixture.open(new SimulatedDisk(), new InMemoryCheckpointStore());
    private final EngineFixture other = EngineFixture.open(new SimulatedDisk(), new InMemoryCheckpointStore());
    private final SlowJournal way = new SlowJournal(other.engine().journal());
    private final ProducerOpener opener = new ProducerOpener(
            new Shards(
                    List.of(
                            new Shard(0, catalog.engine(), Leadership.ALONE),
                            new Shard(1, other.engine(), way, Leadership.ALONE, new Barriers(way))),
                    true),
            10,
            InstantSource.fixed(EngineFixture.NOW));

    @BeforeEach
    void putTopic() {
        for (EngineFixture shard : List.of(catalog, other)) {
            shard.engine().journal().submit(new PutTopicCommand(TOPIC)).join();
        }
    }

    @AfterEach
    void close() throws IOException {
        catalog.close();
        other.close();
    }

    private static AdoptProducerCommand life(int epoch) {
        return new AdoptProducerCommand(PRODUCER, epoch, TOPIC.id(), EngineFixture.NOW);
    }

    private int epochIn(EngineFixture shard) {
        return shard.engine().state().producers().find(PRODUCER).orElseThrow().epoch();
    }

    private static ProducerOpening only(int shard) {
        return new ProducerOpening("t", PRODUCER, OptionalInt.empty(), OptionalInt.of(shard));
    }

    private static ProducerOpening after(int epoch) {
        return new ProducerOpening("t", PRODUCER, OptionalInt.of(epoch), OptionalInt.empty());
    }

    private static void assertFenced(CompletableFuture<Opened> opening) {
        assertThat(opening)
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(BrokerException.class)
                .satisfies(failure -> assertThat(((BrokerException) failure.getCause()).reason())
                        .isEqualTo(Reason.PRODUCER_FENCED));
    }

    private Opened open() {
        return opener.open(TOPIC, ProducerOpening.of("t", PRODUCER)).join();
    }

    @Test
    void eachLifeIsKnownInAllShards() {
        assertThat(open().epoch()).isEqualTo(1);
        assertThat(open().epoch()).isEqualTo(2);
        assertThat(epochIn(catalog)).isEqualTo(2);
        assertThat(epochIn(other)).isEqualTo(2);
    }

    @Test
    void lifeForOneShardBeginsThereAndInTheCatalogAlone() {
        assertThat(opener.open(TOPIC, only(0)).join().epoch()).isEqualTo(1);
        assertThat(other.engine().state().producers().find(PRODUCER)).isEmpty();
        assertThat(opener.open(TOPIC, only(1)).join().epoch()).isEqualTo(2);
        assertThat(epochIn(other)).isEqualTo(2);
        assertThatThrownBy(() -> opener.open(TOPIC, only(2)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("expected 0 to 1, found 2");
        assertThat(epochIn(catalog)).isEqualTo(2);
    }

    @Test
    void producerThatTheCatalogHasForgottenGoesOnWhereItWas() {
        other.engine().journal().submit(life(9)).join();
        assertThat(open().epoch()).isEqualTo(10);
        assertThat(epochIn(catalog)).isEqualTo(10);
        assertThat(epochIn(other)).isEqualTo(10);
    }

    /** As where a client has given up on its stream, and its next one was faster. */
    @Test
    void lifeThatBeginsSlowlyDoesNotEndTheNextOne() {
        way.hold();
        CompletableFuture<Opened> slow = opener.open(TOPIC, ProducerOpening.of("t", PRODUCER));
        way.awaitHeld();
        Opened next = open();
        way.release();
        assertFenced(slow);
        assertThat(next.epoch()).isEqualTo(2);
        assertThat(epochIn(catalog)).isEqualTo(2);
        assertThat(epochIn(other)).isEqualTo(2);
    }

    /** As where an opening that its client has given up on comes by another node, and late. */
    @Test
    void lifeThatIsToFollowAnEarlierOneDoesNotBegin() {
        assertThat(opener.open(TOPIC, after(0)).join().epoch()).isEqualTo(1);
        assertFenced(opener.open(TOPIC, after(0)));
        assertThat(epochIn(other)).isEqualTo(1);
        assertThat(opener.open(TOPIC, after(1)).join().epoch()).isEqualTo(2);
        assertFenced(opener.open(TOPIC, after(1)));
        assertThat(epochIn(catalog)).isEqualTo(2);
    }

    @Test
    void lifeFollowsOneThatTheCatalogHasForgotten() {
        other.engine().journal().submit(life(9)).join();
        assertThat(opener.open(TOPIC, after(9)).join().epoch()).isEqualTo(10);
        assertFenced(opener.open(TOPIC, after(8)));
        assertThat(epochIn(other)).isEqualTo(10);
    }

    @Test
    void lifeThatIsToFollowAnEarlierOneDoesNotBeginWhereOnlyAnotherShardKnowsTheLaterOne() {
        other.engine().journal().submit(life(9)).join();
        assertFenced(opener.open(TOPIC, after(5)));
        assertThat(epochIn(other)).isEqualTo(9);
    }

    /** The way to a shard on which one command can be overtaken by others. */
    private static final class SlowJournal implements Journal {

        private final Journal journal;
        private final CompletableFuture<Void> held = new CompletableFuture<>();
        private final CompletableFuture<Void> released = new CompletableFuture<>();

        /** Guarded by {@code this}. */
        private boolean isHolding;

        SlowJournal(Journal journal) {
            this.journal = journal;
        }

        /** The next command waits. */
        synchronized void hold() {
            isHolding = true;
        }

        void awaitHeld() {
            assertThat(held).succeedsWithin(SOON);
        }

        void release() {
            released.complete(null);
        }

        @Override
        public <R> CompletableFuture<R> submit(Command<R> command) {
            synchronized (this) {
                if (isHolding) {
                    isHolding = false;
                    held.complete(null);
                    return released.thenCompose(done -> journal.submit(command));
                }
            }
            return journal.submit(command);
        }

        @Override
        public <T> CompletableFuture<T> observe(Function<LogPosition, T> view) {
            return journal.observe(view);
        }

        @Override
        public void release(LogPosition through) {
            journal.release(through);
        }

        @Override
        public long bytesWritten() {
            return journal.bytesWritten();
        }

        @Override
        public void poison(IOException cause) {
            journal.poison(cause);
        }

        @Override
        public boolean isHealthy() {
            return journal.isHealthy();
        }

        @Override
        public void drain() {
            journal.drain();
        }

        @Override
        public void close() throws IOException {
            journal.close();
        }
    }
}
