package io.mq.bench.neighbours;

import io.grpc.netty.NettyChannelBuilder;
import io.mq.bench.server.Channels;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Connections of the bad neighbours, on a thread of their own: otherwise the clients whose messages are measured would
 * wait for it, which they would not in processes of their own.
 */
final class NeighbourChannels {

    private static final EventLoopGroup LOOP = new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("bench-neighbours", true),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    private static final Class<? extends Channel> CHANNEL =
            Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;

    private NeighbourChannels() {}

    static NettyChannelBuilder builder(String address) {
        return Channels.builder(address).eventLoopGroup(LOOP).channelType(CHANNEL);
    }
}
