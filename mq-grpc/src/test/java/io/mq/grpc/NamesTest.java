package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.DeleteConsumerGroupRequest;
import io.mq.proto.DeleteTopicRequest;
import io.mq.proto.FetchOffsetsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rule for names, wherever a client may give one. */
class NamesTest {

    private static final String LONGEST = "n".repeat(249);

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    static String[] invalidNames() {
        return new String[] {
            "", ".", "..", "a b", "a/b", "../etc", "größe", "名", "a\u0000b", "a\n", "x".repeat(250), "x".repeat(100_000)
        };
    }

    static String[] validNames() {
        return new String[] {"a", "A-Z_a.z-0", "...", ".hidden", "-", "_", "con", "COM1", "x".repeat(249)};
    }

    @ParameterizedTest
    @MethodSource("validNames")
    void validNameWorksForTopicsGroupsAndConsumers(String name) {
        assertThatCode(() -> {
                    server.createTopic(name, 1);
                    var unused = server.queue().commitOffset(Requests.commit(name, name, 0, 0));
                    Tail tail = server.subscribe(Requests.member(name, name, name));
                    server.publish(name, "x");
                    tail.await(1);
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("invalidNames")
    void invalidTopicNameIsRefusedNamingTheRuleWhereTheTopicIsTheSubject(String name) {
        assertThatCall(() -> server.createTopic(name, 1))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_NAME)
                .names("name")
                .hasText("A-Z a-z 0-9 . _ -", "1 to 249");
        assertThatCall(() -> server.queue().describeTopic(Requests.describeTopic(name)))
                .hasReason(Reason.INVALID_NAME)
                .names("name");
        assertThatCall(() -> server.queue()
                        .alterTopic(AlterTopicRequest.newBuilder().setName(name).build()))
                .hasReason(Reason.INVALID_NAME)
                .names("name");
        assertThatCall(() -> server.queue()
                        .deleteTopic(
                                DeleteTopicRequest.newBuilder().setName(name).build()))
                .hasReason(Reason.INVALID_NAME)
                .names("name");
    }

    @ParameterizedTest
    @MethodSource("invalidNames")
    void invalidTopicNameIsRefusedNamingTheRuleWhereMessagesAreTheSubject(String name) {
        assertThatCall(() -> server.publish(name, "x"))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_NAME)
                .names("topic")
                .hasText("A-Z a-z 0-9 . _ -", "1 to 249");
        assertThatEnd(server.subscribe(Requests.reader(name)).awaitEnd())
                .hasReason(Reason.INVALID_NAME)
                .names("topic");
        assertThatCall(() -> server.queue().commitOffset(Requests.commit(name, "g", 0, 0)))
                .hasReason(Reason.INVALID_NAME)
                .names("topic");
    }

    @ParameterizedTest
    @MethodSource("invalidNames")
    void invalidGroupNameIsRefusedNamingTheRule(String name) {
        server.createTopic("t", 1);

        assertThatCall(() -> server.queue().commitOffset(Requests.commit("t", name, 0, 0)))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_group")
                .hasText("A-Z a-z 0-9 . _ -");
        assertThatCall(() -> server.queue().describeConsumerGroup(Requests.describeGroup(name)))
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_group");
        assertThatCall(() -> server.queue()
                        .fetchOffsets(FetchOffsetsRequest.newBuilder()
                                .setTopic("t")
                                .setConsumerGroup(name)
                                .build()))
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_group");
        assertThatCall(() -> server.queue()
                        .deleteConsumerGroup(DeleteConsumerGroupRequest.newBuilder()
                                .setConsumerGroup(name)
                                .build()))
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_group");
        if (!name.isEmpty()) {
            assertThatEnd(server.subscribe(Requests.member("t", name, "c")).awaitEnd())
                    .hasReason(Reason.INVALID_NAME)
                    .names("consumer_group");
        }
    }

    @ParameterizedTest
    @MethodSource("invalidNames")
    void invalidConsumerIdIsRefusedNamingTheRule(String name) {
        if (name.isEmpty()) {
            return;
        }
        server.createTopic("t", 1);

        assertThatEnd(server.subscribe(Requests.member("t", "g", name)).awaitEnd())
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_id");
    }

    @Test
    void topicWhoseDeadLetterTopicWouldHaveTooLongANameRefusesDeadLettersOnly() {
        server.createTopic(LONGEST, 1);

        assertThatCall(() -> server.queue()
                        .publish(Requests.message(LONGEST, "x").setDlq(true).build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_NAME);
        assertThatCode(() -> server.publish(LONGEST, "x")).doesNotThrowAnyException();
    }
}
