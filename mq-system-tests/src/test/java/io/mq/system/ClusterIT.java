package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.mq.proto.Durability;
import io.mq.proto.Message;
import io.mq.proto.PublishResponse;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import io.mq.system.process.Ports;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real servers: a single node grows into a cluster, any node answers, and the loss of the leader loses nothing. */
class ClusterIT {

    /** Servers that boot at once on two cores take half a minute each. */
    private static final Duration SOON = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    private final List<ServerOptions> options = new ArrayList<>();
    private final List<ServerProcess> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(ServerProcess::kill);
    }

    /** The same addresses in all lives of a node. */
    private void chooseAddresses() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ports.add(Ports.freeInARow(2));
        }
        String seeds =
                String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
        for (int i = 0; i < 3; i++) {
            options.add(ServerOptions.in(directory.resolve("n" + i))
                    .withArguments(
                            "--addr", "127.0.0.1:" + Ports.free(),
                            "--http-addr", "127.0.0.1:" + Ports.free(),
                            "--data-dir", "data",
                            "--node-id", "n" + i,
                            "--cluster-addr", "127.0.0.1:" + ports.get(i),
                            "--cluster-seeds", seeds));
        }
    }

    private ServerProcess launch(int number) throws IOException {
        ServerProcess launched = ServerProcess.launch(options.get(number));
        servers.add(launched);
        return launched;
    }

    private static void awaitMember(ServerProcess server) throws IOException {
        server.awaitReady();
        try (RestClient rest = new RestClient(server.httpUrl())) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(rest.get("/health/ready"))
                            .satisfies(health -> assertThat(health.statusCode())
                                    .as("%s%n%s", health.body(), server.errors())
                                    .isEqualTo(200)));
        }
    }

    private static PublishResponse publishUntilTaken(TestClient client, String payload) {
        return await().atMost(SOON)
                .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                .until(() -> client.publish("orders", payload), answer -> true);
    }

    private static List<String> read(TestClient client, int count) {
        Iterator<Message> messages = client.calls()
                .subscribe(SubscribeRequest.newBuilder()
                        .setTopic("orders")
                        .setStart(StartPosition.newBuilder().setEarliest(true))
                        .build());
        List<String> read = new ArrayList<>();
        while (read.size() < count) {
            read.add(messages.next().getPayload().toStringUtf8());
        }
        return read;
    }

    @Test
    void singleNodeGrowsAndItsLossLosesNothing() throws Exception {
        try (ServerProcess single = ServerProcess.start(ServerOptions.in(directory.resolve("n0")));
                TestClient client = new TestClient(single.grpcAddress())) {
            client.createTopic("orders", 1);
            assertThat(client.publish("orders", "before").getDurability()).isEqualTo(Durability.FSYNCED);
        }
        chooseAddresses();
        ServerProcess first = launch(0);
        awaitMember(first);
        ServerProcess second = launch(1);
        ServerProcess third = launch(2);
        awaitMember(second);
        awaitMember(third);
        List<String> acknowledged = new ArrayList<>(List.of("before"));
        try (TestClient follower = new TestClient(second.grpcAddress())) {
            for (int i = 0; i < 20; i++) {
                assertThat(publishUntilTaken(follower, "m" + i).getDurability()).isEqualTo(Durability.REPLICATED);
                acknowledged.add("m" + i);
            }
            assertThat(read(follower, acknowledged.size())).isEqualTo(acknowledged);
            first.kill();
            publishUntilTaken(follower, "after");
            acknowledged.add("after");
            // What was sent again while nobody led may be there twice, since it had no number.
            assertThat(read(follower, acknowledged.size())).containsSubsequence(acknowledged.subList(0, 21));
            assertThat(read(follower, acknowledged.size())).contains("after");
        }
        awaitMember(launch(0));
        third.kill();
        try (TestClient survivor = new TestClient(second.grpcAddress())) {
            publishUntilTaken(survivor, "last");
            acknowledged.add("last");
            assertThat(read(survivor, acknowledged.size())).containsSubsequence(acknowledged.subList(0, 21));
        }
    }
}
