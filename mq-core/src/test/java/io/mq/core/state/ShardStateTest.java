package io.mq.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.Records;
import io.mq.core.command.AdoptProducerCommand;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.BarrierCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.command.PutTopicCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The second of three shards. */
class ShardStateTest {

    private static final Instant NOW = Instant.ofEpochMilli(1_000);

    private StateFixture fixture;

    @BeforeEach
    void openShard() throws IOException {
        fixture = StateFixture.ofShard(1);
    }

    private static Topic topic(int id, String name, int partitions) {
        return new Topic(id, name, partitions, TopicConfig.DEFAULTS, 4096, NOW, 3);
    }

    private Topic put(Topic topic) {
        return fixture.applyAndFlush(new PutTopicCommand(topic));
    }

    private List<Integer> held(Topic topic) {
        return IntStream.range(0, topic.partitions())
                .filter(partition ->
                        fixture.state().logs().find(topic.partition(partition)).isPresent())
                .boxed()
                .toList();
    }

    private void append(Topic topic, int partition) {
        fixture.applyAndFlush(
                new AppendCommand(topic.partition(partition), Records.stamped(0, 1, Records.record("x"))));
    }

    @Test
    void holdsItsShareOfATopicsPartitions() {
        Topic orders = put(topic(4, "orders", 7));
        assertThat(held(orders)).containsExactly(0, 3, 6);
        assertThat(held(put(topic(5, "one", 1)))).isEmpty();
    }

    @Test
    void takesMorePartitionsAndNeverFewer() {
        put(topic(4, "orders", 4));
        append(topic(4, "orders", 4), 3);
        assertThat(held(put(topic(4, "orders", 7)))).containsExactly(0, 3, 6);
        assertThat(put(topic(4, "orders", 2)).partitions()).isEqualTo(7);
        assertThat(fixture.state().logs().find(topic(4, "orders", 7).partition(3)))
                .hasValueSatisfying(log -> assertThat(log.end()).isEqualTo(1));
    }

    @Test
    void topicThatTheCatalogHasMadeAnewTakesTheOldOnesPlace() {
        Topic old = put(topic(4, "orders", 4));
        Topic anew = put(topic(8, "orders", 4));
        assertThat(held(old)).isEmpty();
        assertThat(held(anew)).containsExactly(2);
        assertThat(fixture.state().catalog().find("orders")).hasValue(anew);
    }

    /** Whoever has heard of the old one last must not take the new one's messages with it. */
    @Test
    void oldNewsOfATopicThatWasMadeAnewChangeNothing() {
        Topic anew = put(topic(8, "orders", 4));
        append(anew, 2);
        assertThat(put(topic(4, "orders", 4))).isEqualTo(anew);
        assertThat(fixture.state().logs().find(anew.partition(2)))
                .hasValueSatisfying(log -> assertThat(log.end()).isEqualTo(1));
        assertThat(fixture.state().catalog().topics()).containsExactly(anew);
    }

    @Test
    void producersEpochIsTakenOverAndEarlierOnesAreFenced() {
        Topic orders = put(topic(4, "orders", 4));
        Opened opened = fixture.apply(new AdoptProducerCommand(7, 5, orders.id(), NOW));
        assertThat(opened.epoch()).isEqualTo(5);
        BrokerException refusal = catchThrowableOfType(
                BrokerException.class, () -> fixture.apply(new AdoptProducerCommand(7, 4, orders.id(), NOW)));
        assertThat(refusal.reason()).isEqualTo(Reason.PRODUCER_FENCED);
        assertThat(refusal.metadata()).containsEntry("epoch", "5");
        assertThat(fixture.apply(new AdoptProducerCommand(7, 5, orders.id(), NOW))
                        .epoch())
                .isEqualTo(5);
    }

    @Test
    void barrierChangesNothing() {
        assertThat(fixture.apply(new BarrierCommand())).isTrue();
        assertThat(fixture.state().catalog().topics()).isEmpty();
    }

    @Test
    void catalogTellsWhatItHasDeletedFromWhatItHasNotComeTo() throws IOException {
        StateFixture catalog = StateFixture.create();
        int id = catalog.applyAndFlush(new CreateTopicCommand("t", 1, TopicConfig.DEFAULTS, 4096, NOW))
                .topic()
                .id();
        assertThat(catalog.state().hasDeleted(id)).isFalse();
        assertThat(catalog.state().hasDeleted(id + 1)).isFalse();
        catalog.apply(new DeleteTopicCommand(id));
        assertThat(catalog.state().hasDeleted(id)).isTrue();
    }
}
