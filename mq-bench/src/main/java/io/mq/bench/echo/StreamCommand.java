package io.mq.bench.echo;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.mq.bench.wire.SingleMessage;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PingRequest;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamRequest;
import picocli.CommandLine.Command;

/** One message per frame of a stream, many in flight: PublishStream beside PingStream. */
@Command(
        name = "stream",
        description = {
            "A stream of single messages, fsync before each result,",
            "beside a streaming echo of the same size (PingStream)."
        },
        sortOptions = false)
public final class StreamCommand extends EchoCommand {

    StreamCommand() {
        super("stream");
    }

    @Override
    ClosedLoop publish(Channel channel, String topic, ByteString payload, int messagesInFlight) {
        return new StreamLoop<>(
                channel,
                MessageQueueServiceGrpc.getPublishStreamMethod(),
                PublishStreamRequest.newBuilder()
                        .setInit(PublishStreamInit.newBuilder().setTopic(topic))
                        .build(),
                frame(payload),
                answer -> answer.getResult().hasFailed(),
                messagesInFlight);
    }

    @Override
    ClosedLoop echo(Channel channel, ByteString payload, int messagesInFlight) {
        PingRequest request = PingRequest.newBuilder().setPayload(payload).build();
        return new StreamLoop<>(
                channel, AdminServiceGrpc.getPingStreamMethod(), request, request, answer -> false, messagesInFlight);
    }

    /** A frame whose batch has one message. */
    static PublishStreamRequest frame(ByteString payload) {
        return PublishStreamRequest.newBuilder()
                .setFrame(PublishFrame.newBuilder().setFrameId(1).setBatch(SingleMessage.batch(payload)))
                .build();
    }
}
