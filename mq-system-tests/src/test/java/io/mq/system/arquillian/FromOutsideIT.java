package io.mq.system.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceBlockingStub;
import io.mq.proto.PublishRequest;
import io.mq.proto.SubscribeRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that use the deployed application as its clients do: over gRPC and HTTP. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class FromOutsideIT {

    private final HttpClient http = HttpClient.newHttpClient();

    private ManagedChannel channel;
    private MessageQueueServiceBlockingStub mq;

    @Deployment
    static EnterpriseArchive deployment() {
        return TestEar.with();
    }

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forTarget(MqServerContainer.server().grpcAddress())
                .usePlaintext()
                .build();
        mq = MessageQueueServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void whatIsPublishedOverGrpcIsReadOverGrpcAndHttp() throws Exception {
        mq.createTopic(CreateTopicRequest.newBuilder().setName("outside").build());
        mq.publish(PublishRequest.newBuilder()
                .setTopic("outside")
                .setPayload(ByteString.copyFromUtf8("hello"))
                .putHeaders("colour", "grün")
                .build());

        Message message = mq.subscribe(
                        SubscribeRequest.newBuilder().setTopic("outside").build())
                .next();
        HttpResponse<String> fetched = get("/api/v1/topics/outside/partitions/0/messages?encoding=utf8");

        assertThat(message.getPayload().toStringUtf8()).isEqualTo("hello");
        assertThat(message.getHeadersOrThrow("colour")).isEqualTo("grün");
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(fetched.body()).contains("\"payload\":\"hello\"", "\"colour\":\"grün\"");
    }

    @Test
    void healthMetricsAndOpenApiAnswer() throws Exception {
        for (String path : new String[] {"/health/live", "/health/ready", "/health/started"}) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
            assertThat(get(path).body()).as(path).contains("mq-broker");
        }
        assertThat(get("/metrics").body()).contains("mq_ready 1.0", "mq_journal_force_seconds_bucket");
        assertThat(get("/openapi").body()).contains("/api/v1/topics/{topic}");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(MqServerContainer.server().httpUrl() + path))
                        .build(),
                BodyHandlers.ofString());
    }
}
