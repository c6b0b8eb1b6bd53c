package io.mq.client;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which a client's connection, its streams and its timers run; epoll where the platform has it. Nothing
 * here may block.
 *
 * <p>Safe for use by any thread.
 */
final class ClientLoop implements Executor {

    private final EventLoopGroup group;
    private final EventLoop loop;

    private ClientLoop(EventLoopGroup group) {
        this.group = group;
        this.loop = group.next();
    }

    static ClientLoop start() {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new ClientLoop(new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("mq-client", true), io));
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends SocketChannel> socketType() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    boolean isCurrent() {
        return loop.inEventLoop();
    }

    /** Runs it at once where this is the loop's thread, otherwise soon. After the loop has stopped, never. */
    @Override
    public void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            later(task);
        }
    }

    /** Runs it after what runs now. After the loop has stopped, never. */
    void later(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The client is closed, and with it all that the task could be about.
            return;
        }
    }

    /** Something that happens later, unless it is cancelled on the loop before. */
    @FunctionalInterface
    interface Timer {
        void cancel();
    }

    Timer after(Duration delay, Runnable task) {
        Future<?> scheduled = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    Timer every(Duration interval, Runnable task) {
        Future<?> scheduled =
                loop.scheduleWithFixedDelay(task, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
