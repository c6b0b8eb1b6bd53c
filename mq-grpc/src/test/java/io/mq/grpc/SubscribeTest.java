package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.GroupPartition;
import io.mq.proto.Message;
import io.mq.proto.PublishResponse;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A subscription is a live tail: what is stored, then what arrives. */
class SubscribeTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private void publish(String topic, int count) {
        for (int i = 0; i < count; i++) {
            server.publish(topic, "m" + i);
        }
    }

    private static StartPosition offset(long offset) {
        return StartPosition.newBuilder().setOffset(offset).build();
    }

    @Test
    void storedMessagesComeInOrderAndThenWhatArrives() {
        server.createTopic("t", 1);
        publish("t", 3);
        Tail tail = server.subscribe(Requests.reader("t"));
        tail.await(3);

        server.publish("t", "live-1");
        server.publish("t", "live-2");

        assertThat(tail.awaitTexts(5)).containsExactly("m0", "m1", "m2", "live-1", "live-2");
        assertThat(tail.messages()).extracting(Message::getOffset).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(tail.end()).isEmpty();
    }

    @Test
    void subscriberOfAnEmptyTopicGetsTheFirstMessage() {
        server.createTopic("t", 1);
        Tail tail = server.subscribe(Requests.reader("t"));
        await().until(() -> server.broker().status().subscriptions() == 1);

        server.publish("t", "first");

        assertThat(tail.awaitTexts(1)).containsExactly("first");
    }

    @Test
    void startAtEarliestIsTheDefault() {
        server.createTopic("t", 1);
        publish("t", 2);
        StartPosition earliest = StartPosition.newBuilder().setEarliest(true).build();

        assertThat(server.subscribe(Requests.reader("t", earliest)).awaitTexts(2))
                .isEqualTo(server.subscribe(Requests.reader("t")).awaitTexts(2))
                .containsExactly("m0", "m1");
    }

    @Test
    void startAtLatestSkipsWhatIsStored() {
        server.createTopic("t", 1);
        publish("t", 3);
        Tail member = server.subscribe(Requests.member("t", "g", "c").toBuilder()
                .setStart(Requests.LATEST)
                .build());
        Tail reader = server.subscribe(Requests.reader("t", Requests.LATEST));
        await().until(() -> ownersPosition("g").getAsLong() == 3);

        // A reader of its own cannot be asked how far it is, so it is sent something until it gets something.
        await().until(() -> {
            server.publish("t", "new");
            return reader.count() > 0;
        });

        assertThat(member.await(1).get(0).getOffset()).isEqualTo(3);
        assertThat(reader.messages()).extracting(Requests::text).containsOnly("new");
    }

    private LongSupplier ownersPosition(String group) {
        return () -> server.queue().describeConsumerGroup(Requests.describeGroup(group)).getPartitionsList().stream()
                .filter(GroupPartition::hasPosition)
                .mapToLong(GroupPartition::getPosition)
                .findFirst()
                .orElse(-1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 2", "-5, 0"})
    void startAtAnOffsetBeginsThereOrAtTheNearestThatIsKept(long asked, long first) {
        server.createTopic("t", 1);
        publish("t", 4);

        assertThat(server.subscribe(Requests.reader("t", offset(asked)))
                        .await(1)
                        .get(0)
                        .getOffset())
                .isEqualTo(first);
    }

    @Test
    void startPastTheEndBeginsWithTheNextMessage() {
        server.createTopic("t", 1);
        publish("t", 2);
        Tail tail = server.subscribe(
                Requests.member("t", "g", "c").toBuilder().setStart(offset(100)).build());
        await().until(() -> ownersPosition("g").getAsLong() == 2);

        server.publish("t", "next");

        assertThat(tail.awaitTexts(1)).containsExactly("next");
    }

    @Test
    void startAtATimeBeginsWithTheFirstMessageTakenThenOrLater() {
        server.createTopic("t", 1);
        PublishResponse first = server.publish("t", "m0");
        PublishResponse second = publishLaterThan(first);
        StartPosition atSecond =
                StartPosition.newBuilder().setTime(second.getTimestamp()).build();
        StartPosition beforeAll = StartPosition.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(-62_135_596_800L))
                .build();

        assertThat(server.subscribe(Requests.reader("t", atSecond))
                        .await(1)
                        .get(0)
                        .getOffset())
                .isEqualTo(second.getOffset());
        assertThat(server.subscribe(Requests.reader("t", beforeAll))
                        .await(1)
                        .get(0)
                        .getOffset())
                .isZero();
    }

    /** Publishes until the broker's clock has moved on. */
    private PublishResponse publishLaterThan(PublishResponse earlier) {
        PublishResponse later = server.publish("t", "later");
        while (later.getTimestamp().equals(earlier.getTimestamp())) {
            later = server.publish("t", "later");
        }
        return later;
    }

    @Test
    void startInTheFarFutureBeginsWithTheNextMessage() {
        server.createTopic("t", 1);
        publish("t", 2);
        Tail tail = server.subscribe(Requests.member("t", "g", "c").toBuilder()
                .setStart(StartPosition.newBuilder()
                        .setTime(Timestamp.newBuilder().setSeconds(253_402_300_799L)))
                .build());
        await().until(() -> ownersPosition("g").getAsLong() == 2);

        server.publish("t", "next");

        assertThat(tail.awaitTexts(1)).containsExactly("next");
    }

    @Test
    void startAtWhatIsNoTimeIsRefusedNamingTheField() {
        server.createTopic("t", 1);
        StartPosition noTime = StartPosition.newBuilder()
                .setTime(Timestamp.newBuilder().setNanos(-1))
                .build();

        assertThatEnd(server.subscribe(Requests.reader("t", noTime)).awaitEnd())
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("start.time");
    }

    @Test
    void startPositionCountsOnlyWhereTheGroupHasCommittedNothing() {
        server.createTopic("t", 1);
        publish("t", 4);
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 1));

        Tail tail = server.subscribe(
                Requests.member("t", "g", "c").toBuilder().setStart(offset(3)).build());

        assertThat(tail.await(1).get(0).getOffset()).isEqualTo(1);
    }

    @Test
    void readerWithoutAGroupGetsAllPartitionsEachInOrder() {
        server.createTopic("t", 3);
        for (int i = 0; i < 30; i++) {
            server.queue()
                    .publish(Requests.message("t", "m" + i).setPartition(i % 3).build());
        }

        List<Message> all = server.subscribe(Requests.reader("t")).await(30);

        for (int partition = 0; partition < 3; partition++) {
            int wanted = partition;
            assertThat(all.stream()
                            .filter(message -> message.getPartition() == wanted)
                            .map(Message::getOffset))
                    .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        }
    }

    @Test
    void readersWithoutAGroupEachGetEverything() {
        server.createTopic("t", 1);
        Tail one = server.subscribe(Requests.reader("t"));
        Tail two = server.subscribe(Requests.reader("t"));
        publish("t", 3);

        assertThat(one.awaitTexts(3)).containsExactly("m0", "m1", "m2");
        assertThat(two.awaitTexts(3)).containsExactly("m0", "m1", "m2");
    }

    @Test
    void readerOfOnePartitionGetsThatOneAlone() {
        server.createTopic("t", 3);
        Tail tail = server.subscribe(
                SubscribeRequest.newBuilder().setTopic("t").setPartition(1).build());
        for (int i = 0; i < 9; i++) {
            server.queue()
                    .publish(Requests.message("t", "m" + i).setPartition(i % 3).build());
        }

        assertThat(tail.awaitTexts(3)).containsExactly("m1", "m4", "m7");
        assertThat(tail.messages()).extracting(Message::getPartition).containsOnly(1);
    }

    @Test
    void readerOfAnUnknownPartitionIsNotFound() {
        server.createTopic("t", 1);

        assertThatEnd(server.subscribe(SubscribeRequest.newBuilder()
                                .setTopic("t")
                                .setPartition(1)
                                .build())
                        .awaitEnd())
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.PARTITION_NOT_FOUND);
    }

    @Test
    void partitionCannotBeChosenInAGroup() {
        server.createTopic("t", 2);

        assertThatEnd(server.subscribe(Requests.member("t", "g", "c").toBuilder()
                                .setPartition(0)
                                .build())
                        .awaitEnd())
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("partition");
    }

    @Test
    void readerOfAWholeTopicGetsPartitionsThatAreAddedFromTheirBeginning() {
        server.createTopic("t", 1);
        Tail tail = server.subscribe(Requests.reader("t", Requests.LATEST));
        await().until(() -> server.broker().status().subscriptions() == 1);

        var unused = server.queue()
                .alterTopic(AlterTopicRequest.newBuilder()
                        .setName("t")
                        .setPartitions(2)
                        .build());
        server.queue().publish(Requests.message("t", "new").setPartition(1).build());

        assertThat(tail.awaitTexts(1)).containsExactly("new");
    }

    @Test
    void readerStoresNothing() {
        server.createTopic("t", 1);
        publish("t", 2);
        server.subscribe(Requests.reader("t")).await(2);

        assertThat(server.queue()
                        .listConsumerGroups(io.mq.proto.ListConsumerGroupsRequest.getDefaultInstance())
                        .getConsumerGroupsList())
                .isEmpty();
        assertThat(server.subscribe(Requests.reader("t")).awaitTexts(2)).containsExactly("m0", "m1");
    }
}
