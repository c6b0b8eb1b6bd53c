package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.Durability;
import io.mq.proto.Message;
import io.mq.proto.PublishResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private PublishResponse publishKeyed(String topic, ByteString key) {
        return server.queue().publish(Requests.message(topic, "x").setKey(key).build());
    }

    @Test
    void answerTellsWhereAndWhenTheMessageWasStored() {
        server.createTopic("t", 1);
        Instant before = Instant.now().minusMillis(1);
        PublishResponse first = server.publish("t", "a");
        PublishResponse second = server.publish("t", "b");

        assertThat(first.getPartition()).isZero();
        assertThat(first.getOffset()).isZero();
        assertThat(second.getOffset()).isEqualTo(1);
        assertThat(second.getMessageId()).isNotEqualTo(first.getMessageId());
        assertThat(Instant.ofEpochSecond(
                        first.getTimestamp().getSeconds(), first.getTimestamp().getNanos()))
                .isBetween(before, Instant.now());
    }

    @Test
    void readerIsToldWhatThePublisherWasTold() {
        server.createTopic("t", 1);
        PublishResponse published = server.publish("t", "a");

        Message received = server.subscribe(Requests.reader("t")).await(1).get(0);

        assertThat(received.getTopic()).isEqualTo("t");
        assertThat(received.getMessageId()).isEqualTo(published.getMessageId());
        assertThat(received.getPartition()).isEqualTo(published.getPartition());
        assertThat(received.getOffset()).isEqualTo(published.getOffset());
        assertThat(received.getTimestamp()).isEqualTo(published.getTimestamp());
    }

    @Test
    void acknowledgedMessagesAreThereAfterARestart() throws IOException {
        server.createTopic("t", 1);
        server.publish("t", "a");
        server.publish("t", "b");

        server.stop();
        server.start();

        assertThat(server.subscribe(Requests.reader("t")).awaitTexts(2)).containsExactly("a", "b");
    }

    @Test
    void messageIdsNeverComeBackAfterATopicIsMadeAnew() {
        server.createTopic("t", 1);
        PublishResponse old = server.publish("t", "a");
        var unused = server.queue()
                .deleteTopic(
                        io.mq.proto.DeleteTopicRequest.newBuilder().setName("t").build());
        server.createTopic("t", 1);

        assertThat(server.publish("t", "a").getMessageId()).isNotEqualTo(old.getMessageId());
    }

    /** As Kafka's Utils.toPositive(Utils.murmur2(key)) % partitions; the hashes are those of Kafka's own UtilsTest. */
    @ParameterizedTest
    @CsvSource({
        "21, -973932308",
        "foobar, -790332482",
        "a-little-bit-long-string, -985981536",
        "a-little-bit-longer-string, -1486304829",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971"
    })
    void keyChoosesThePartitionThatKafkasDefaultPartitionerChooses(String key, int murmur2) {
        server.createTopic("t", 7);

        assertThat(publishKeyed("t", ByteString.copyFromUtf8(key)).getPartition())
                .isEqualTo((murmur2 & Integer.MAX_VALUE) % 7);
    }

    @Test
    void equalKeysShareAPartitionAndDifferentOnesUseAllPartitions() {
        server.createTopic("t", 4);
        List<Integer> partitions = new ArrayList<>();
        for (int key = 0; key < 40; key++) {
            ByteString bytes = ByteString.copyFrom(new byte[] {(byte) key, 0, (byte) 0xFF});
            int first = publishKeyed("t", bytes).getPartition();
            assertThat(publishKeyed("t", bytes).getPartition()).isEqualTo(first);
            partitions.add(first);
        }

        assertThat(partitions).contains(0, 1, 2, 3);
    }

    @Test
    void messagesWithoutAKeyTakeTurns() {
        server.createTopic("t", 3);
        List<Integer> partitions = IntStream.range(0, 6)
                .map(i -> server.publish("t", "x").getPartition())
                .boxed()
                .toList();

        assertThat(partitions.subList(0, 3)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(partitions.subList(3, 6)).isEqualTo(partitions.subList(0, 3));
    }

    @Test
    void emptyKeyIsAKeyAndNotATurn() {
        server.createTopic("t", 5);
        List<Integer> partitions = IntStream.range(0, 10)
                .map(i -> publishKeyed("t", ByteString.EMPTY).getPartition())
                .distinct()
                .boxed()
                .toList();

        assertThat(partitions).hasSize(1);
    }

    @Test
    void explicitPartitionWinsOverTheKey() {
        server.createTopic("t", 3);
        for (int partition = 0; partition < 3; partition++) {
            PublishResponse published = server.queue()
                    .publish(Requests.message("t", "x")
                            .setKey(ByteString.copyFromUtf8("same"))
                            .setPartition(partition)
                            .build());
            assertThat(published.getPartition()).isEqualTo(partition);
            assertThat(published.getOffset()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"3", "-1", "2147483647"})
    void unknownPartitionIsNotFound(int partition) {
        server.createTopic("t", 3);

        assertThatCall(() -> server.queue()
                        .publish(Requests.message("t", "x")
                                .setPartition(partition)
                                .build()))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.PARTITION_NOT_FOUND)
                .hasMetadata("topic", "t")
                .hasMetadata("partition", Integer.toString(partition));
    }

    @ParameterizedTest
    @CsvSource({"DURABILITY_UNSPECIFIED", "WRITTEN", "FSYNCED"})
    void answerPromisesTheStrongestDurabilityThereIs(Durability asked) {
        server.createTopic("t", 1);

        PublishResponse published = server.queue()
                .publish(Requests.message("t", "x").setDurability(asked).build());

        assertThat(published.getDurability()).isEqualTo(Durability.FSYNCED);
    }

    @Test
    void replicationIsRefusedWhereThereIsNoneAndNothingIsStored() {
        server.createTopic("t", 1);

        assertThatCall(() -> server.queue()
                        .publish(Requests.message("t", "x")
                                .setDurability(Durability.REPLICATED)
                                .build()))
                .hasCode(Code.FAILED_PRECONDITION)
                .hasReason(Reason.DURABILITY_NOT_AVAILABLE)
                .doesNotAdviseToRetry();
        assertThat(server.publish("t", "y").getOffset()).isZero();
    }

    @Test
    void durabilityThatNobodyKnowsIsRefusedNamingTheField() {
        server.createTopic("t", 1);

        assertThatCall(() -> server.queue()
                        .publish(Requests.message("t", "x")
                                .setDurabilityValue(99)
                                .build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("durability");
    }

    @Test
    void deadLetterGoesToTheDeadLetterTopicWhichIsCreatedOnce() {
        server.createTopic("t", 3);
        for (String payload : List.of("bad-1", "bad-2")) {
            var unused = server.queue()
                    .publish(Requests.message("t", payload)
                            .setDlq(true)
                            .putHeaders("why", "poison")
                            .build());
        }

        List<Message> dead = server.subscribe(Requests.reader("t.dlq")).await(2);

        assertThat(dead).extracting(Requests::text).containsExactly("bad-1", "bad-2");
        assertThat(dead).allSatisfy(message -> {
            assertThat(message.getTopic()).isEqualTo("t.dlq");
            assertThat(message.getHeadersMap()).containsExactly(Map.entry("why", "poison"));
        });
        assertThat(server.queue()
                        .describeTopic(Requests.describeTopic("t"))
                        .getTopic()
                        .getMessages())
                .isZero();
    }

    @Test
    void deadLetterTopicThatIsThereWithOtherSettingsIsUsedAsItIs() {
        server.createTopic("t", 1);
        server.createTopic("t.dlq", 4);

        PublishResponse published =
                server.queue().publish(Requests.message("t", "bad").setDlq(true).build());

        assertThat(published.getPartition()).isBetween(0, 3);
        assertThat(server.queue()
                        .describeTopic(Requests.describeTopic("t.dlq"))
                        .getTopic()
                        .getMessages())
                .isEqualTo(1);
    }
}
