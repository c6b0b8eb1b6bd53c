package io.mq.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve sockets, on epoll where the platform has it. They are the server's own, so that an application
 * which is undeployed leaves none behind.
 */
record EventLoops(
        EventLoopGroup acceptor,
        EventLoopGroup workers,
        ChannelFactory<? extends ServerChannel> channels,
        ChannelFactory<? extends Channel> clients) {

    private static final ThreadLocal<Optional<Executor>> CURRENT = new ThreadLocal<>();

    static EventLoops start() {
        boolean isEpoll = Epoll.isAvailable();
        IoHandlerFactory io = isEpoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("mq-grpc-accept", true), io),
                new MultiThreadIoEventLoopGroup(
                        Runtime.getRuntime().availableProcessors(), new DefaultThreadFactory("mq-grpc", true), io),
                isEpoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new,
                isEpoll ? EpollSocketChannel::new : NioSocketChannel::new);
    }

    /** The event loop whose thread this is; for another thread, one that runs things where they are. */
    Executor current() {
        return ifCurrent().orElse(Runnable::run);
    }

    /** The event loop whose thread this is; empty for another thread. */
    Optional<Executor> ifCurrent() {
        Optional<Executor> current = CURRENT.get();
        if (current == null) {
            current = findCurrent();
            CURRENT.set(current);
        }
        return current;
    }

    private Optional<Executor> findCurrent() {
        for (EventExecutor loop : workers) {
            if (loop.inEventLoop()) {
                return Optional.of(loop);
            }
        }
        return Optional.empty();
    }

    /** The event loop whose thread this is, to serve more sockets on it; any of them for another thread. */
    EventLoop near() {
        return current() instanceof EventLoop loop ? loop : workers.next();
    }

    void stop() {
        var acceptorStopped = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        var workersStopped = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        acceptorStopped.awaitUninterruptibly();
        workersStopped.awaitUninterruptibly();
    }
}
