package io.mq.grpc;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve sockets, on epoll where the platform has it. They are the server's own, so that an application
 * which is undeployed leaves none behind.
 */
record EventLoops(EventLoopGroup acceptor, EventLoopGroup workers, ChannelFactory<? extends ServerChannel> channels) {

    static EventLoops start() {
        boolean isEpoll = Epoll.isAvailable();
        IoHandlerFactory io = isEpoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("mq-grpc-accept", true), io),
                new MultiThreadIoEventLoopGroup(
                        Runtime.getRuntime().availableProcessors(), new DefaultThreadFactory("mq-grpc", true), io),
                isEpoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new);
    }

    void stop() {
        var acceptorStopped = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        var workersStopped = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        acceptorStopped.awaitUninterruptibly();
        workersStopped.awaitUninterruptibly();
    }
}
