package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.mq.core.error.Reason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server says of itself what is so. */
class HealthServiceTest {

    private static final List<String> SERVICES = List.of("", "mq.MessageQueueService");

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private static HealthCheckRequest of(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private ServingStatus check(String service) {
        return HealthGrpc.newBlockingStub(server.channel())
                .withDeadlineAfter(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .check(of(service))
                .getStatus();
    }

    private List<ServingStatus> watch(String service) {
        List<ServingStatus> told = new CopyOnWriteArrayList<>();
        HealthGrpc.newStub(server.channel()).watch(of(service), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse answer) {
                told.add(answer.getStatus());
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {}
        });
        await().until(() -> !told.isEmpty());
        return told;
    }

    private void failTheJournal() {
        server.createTopic("t", 1);
        server.disk().failForces();
        assertThatCall(() -> server.publish("t", "the one that finds out"))
                .hasCode(Code.DEADLINE_EXCEEDED)
                .hasReason(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void readyServerServes() {
        assertThat(SERVICES).allSatisfy(service -> assertThat(check(service)).isEqualTo(ServingStatus.SERVING));
    }

    @Test
    void serviceThatNobodyKnowsIsNotFound() {
        assertThatCall(() -> check("mq.NoSuchService")).hasCode(Code.NOT_FOUND);
        assertThat(watch("mq.NoSuchService")).containsExactly(ServingStatus.SERVICE_UNKNOWN);
    }

    @Test
    void serverThatDrainsDoesNotServe() {
        server.broker().drain();

        await().untilAsserted(() -> assertThat(SERVICES)
                .allSatisfy(service -> assertThat(check(service)).isEqualTo(ServingStatus.NOT_SERVING)));
    }

    @Test
    void serverWhoseJournalHasFailedDoesNotServe() {
        failTheJournal();

        await().untilAsserted(() -> assertThat(SERVICES)
                .allSatisfy(service -> assertThat(check(service)).isEqualTo(ServingStatus.NOT_SERVING)));
    }

    @Test
    void publishesAreRefusedAfterTheJournalHasFailedAndReadersGoOn() {
        server.createTopic("t", 1);
        server.publish("t", "stored before");
        server.disk().failForces();
        assertThatCall(() -> server.publish("t", "x")).hasReason(Reason.OUTCOME_UNKNOWN);

        assertThatCall(() -> server.publish("t", "y")).hasCode(Code.UNAVAILABLE).hasReason(Reason.JOURNAL_FAILED);
        assertThatCall(() -> server.queue().commitOffset(Requests.commit("t", "g", 0, 1)))
                .hasReason(Reason.JOURNAL_FAILED);
        assertThatCall(() -> server.createTopic("u", 1)).hasReason(Reason.JOURNAL_FAILED);
        assertThat(server.subscribe(Requests.reader("t")).awaitTexts(1)).containsExactly("stored before");
    }

    @Test
    void watchersAreToldWhenTheServerDrains() {
        List<ServingStatus> ofAll = watch("");
        List<ServingStatus> ofTheService = watch("mq.MessageQueueService");

        server.broker().drain();

        await().untilAsserted(() -> {
            assertThat(ofAll).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
            assertThat(ofTheService).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
        });
    }

    @Test
    void watchersAreToldWhenTheJournalFails() {
        List<ServingStatus> told = watch("mq.MessageQueueService");

        failTheJournal();

        await().untilAsserted(() -> assertThat(told).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING));
    }

    @Test
    void watchersAreToldWhenTheServerCloses() {
        List<ServingStatus> told = watch("");

        server.server().close();

        assertThat(told).startsWith(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
    }
}
