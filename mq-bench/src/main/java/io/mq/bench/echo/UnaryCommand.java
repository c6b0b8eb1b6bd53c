package io.mq.bench.echo;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PingRequest;
import io.mq.proto.PublishRequest;
import picocli.CommandLine.Command;

/** One message per unary call, many in flight: Publish beside Ping. */
@Command(
        name = "unary",
        description = "One message per call, fsync before the answer, beside an echo of the same size (Ping).",
        sortOptions = false)
public final class UnaryCommand extends EchoCommand {

    UnaryCommand() {
        super("unary");
    }

    @Override
    ClosedLoop publish(Channel channel, String topic, ByteString payload, int messagesInFlight) {
        PublishRequest request =
                PublishRequest.newBuilder().setTopic(topic).setPayload(payload).build();
        return new UnaryLoop<>(channel, MessageQueueServiceGrpc.getPublishMethod(), request, messagesInFlight);
    }

    @Override
    ClosedLoop echo(Channel channel, ByteString payload, int messagesInFlight) {
        PingRequest request = PingRequest.newBuilder().setPayload(payload).build();
        return new UnaryLoop<>(channel, AdminServiceGrpc.getPingMethod(), request, messagesInFlight);
    }
}
