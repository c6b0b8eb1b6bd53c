package io.mq.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes connections beyond a number as soon as they are accepted, before they cost anything. gRPC has no such limit of
 * its own; this sits in the listening channel, in front of what hands accepted connections to gRPC.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = System.getLogger(ConnectionLimit.class.getName());

    private final int connectionsMax;
    private final AtomicInteger connections = new AtomicInteger();

    ConnectionLimit(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /** Listening channels that keep to this limit, all together. */
    ChannelFactory<ServerChannel> applyTo(ChannelFactory<? extends ServerChannel> channels) {
        return () -> {
            ServerChannel channel = channels.newChannel();
            channel.pipeline().addFirst(this);
            return channel;
        };
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel connection = (Channel) accepted;
        if (connections.incrementAndGet() > connectionsMax) {
            connections.decrementAndGet();
            LOG.log(
                    Level.DEBUG,
                    "Refused a connection: {0} are open, which is mq.grpc.connections-max",
                    connectionsMax);
            connection.unsafe().closeForcibly();
            return;
        }
        connection.closeFuture().addListener(closed -> connections.decrementAndGet());
        context.fireChannelRead(connection);
    }
}
