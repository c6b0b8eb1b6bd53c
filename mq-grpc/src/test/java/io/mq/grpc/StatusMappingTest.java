package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors leave as the API's table has them. */
class StatusMappingTest {

    private static final Map<Reason, Code> TABLE = new EnumMap<>(Map.ofEntries(
            Map.entry(Reason.TOPIC_NOT_FOUND, Code.NOT_FOUND),
            Map.entry(Reason.PARTITION_NOT_FOUND, Code.NOT_FOUND),
            Map.entry(Reason.GROUP_NOT_FOUND, Code.NOT_FOUND),
            Map.entry(Reason.NODE_NOT_FOUND, Code.NOT_FOUND),
            Map.entry(Reason.SHARD_NOT_FOUND, Code.NOT_FOUND),
            Map.entry(Reason.TOPIC_EXISTS, Code.ALREADY_EXISTS),
            Map.entry(Reason.INVALID_NAME, Code.INVALID_ARGUMENT),
            Map.entry(Reason.INVALID_FIELD, Code.INVALID_ARGUMENT),
            Map.entry(Reason.INVALID_BATCH, Code.INVALID_ARGUMENT),
            Map.entry(Reason.MESSAGE_TOO_LARGE, Code.INVALID_ARGUMENT),
            Map.entry(Reason.HEADERS_TOO_LARGE, Code.INVALID_ARGUMENT),
            Map.entry(Reason.OFFSET_OUT_OF_RANGE, Code.OUT_OF_RANGE),
            Map.entry(Reason.GROUP_HAS_MEMBERS, Code.FAILED_PRECONDITION),
            Map.entry(Reason.DURABILITY_NOT_AVAILABLE, Code.FAILED_PRECONDITION),
            Map.entry(Reason.NO_CLUSTER, Code.FAILED_PRECONDITION),
            Map.entry(Reason.NODE_NOT_READY, Code.FAILED_PRECONDITION),
            Map.entry(Reason.MAJORITY_AT_RISK, Code.FAILED_PRECONDITION),
            Map.entry(Reason.SEQUENCE_GAP, Code.FAILED_PRECONDITION),
            Map.entry(Reason.SEQUENCE_FORGOTTEN, Code.ALREADY_EXISTS),
            Map.entry(Reason.PRODUCER_NOT_FOUND, Code.NOT_FOUND),
            Map.entry(Reason.PRODUCER_FENCED, Code.ABORTED),
            Map.entry(Reason.MEMBER_FENCED, Code.ABORTED),
            Map.entry(Reason.SUBSCRIBER_STALLED, Code.ABORTED),
            Map.entry(Reason.TOPIC_DELETED, Code.ABORTED),
            Map.entry(Reason.COMMIT_FENCED, Code.ABORTED),
            Map.entry(Reason.LIMIT_REACHED, Code.RESOURCE_EXHAUSTED),
            Map.entry(Reason.BROKER_BUSY, Code.RESOURCE_EXHAUSTED),
            Map.entry(Reason.DISK_FULL, Code.RESOURCE_EXHAUSTED),
            Map.entry(Reason.JOURNAL_FAILED, Code.UNAVAILABLE),
            Map.entry(Reason.NOT_LEADER, Code.UNAVAILABLE),
            Map.entry(Reason.SHUTTING_DOWN, Code.UNAVAILABLE),
            Map.entry(Reason.OUTCOME_UNKNOWN, Code.DEADLINE_EXCEEDED),
            Map.entry(Reason.CORRUPT_DATA, Code.DATA_LOSS),
            Map.entry(Reason.INTERNAL, Code.INTERNAL)));

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonHasTheCodeOfTheApisTable(Reason reason) {
        assertThat(TABLE).as("the table of this test").containsKey(reason);
        StatusRuntimeException status = StatusMapping.toException(
                BrokerException.of(reason, "what, and what next", Map.of("topic", "orders", "end", "7")));

        assertThatEnd(status)
                .hasCode(TABLE.get(reason))
                .hasReason(reason)
                .hasMetadata("topic", "orders")
                .hasMetadata("end", "7")
                .hasText("what, and what next")
                .doesNotAdviseToRetry();
    }

    @Test
    void adviceToWaitBecomesRetryInfo() {
        assertThatEnd(StatusMapping.toException(
                        BrokerException.of(Reason.BROKER_BUSY, "wait").retryAfter(Duration.ofMillis(1500))))
                .saysWhenToRetry();
    }

    @Test
    void fieldBecomesBadRequest() {
        assertThatEnd(StatusMapping.toException(
                        BrokerException.of(Reason.INVALID_FIELD, "wrong", Map.of("field", "config.retention"))))
                .names("config.retention");
    }

    @Test
    void reasonIsFoundInsideWhatFuturesWrapAroundIt() {
        CompletableFuture<String> failed =
                CompletableFuture.failedFuture(BrokerException.of(Reason.TOPIC_NOT_FOUND, "gone"));
        Throwable wrapped = failed.thenApply(String::length)
                .handle((length, failure) -> failure)
                .join();

        assertThat(wrapped).isInstanceOf(CompletionException.class);
        assertThatEnd(StatusMapping.toException(wrapped)).hasReason(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void whatNobodyExpectedIsInternalAndIsLogged() {
        try (LogRecorder log = LogRecorder.ofWarnings()) {
            assertThatEnd(StatusMapping.toException(new IllegalStateException("a defect")))
                    .hasCode(Code.INTERNAL)
                    .hasReason(Reason.INTERNAL)
                    .hasText("a defect");

            assertThat(log.texts()).singleElement().asString().contains("IllegalStateException: a defect");
        }
    }

    @Test
    void statusStaysTheStatusThatItIs() {
        StatusRuntimeException status =
                Status.DATA_LOSS.withDescription("as it is").asRuntimeException();

        assertThat(StatusMapping.toException(status)).isSameAs(status);
    }
}
