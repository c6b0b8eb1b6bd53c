package io.mq.grpc;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Where the server listens and what it lets a client do.
 *
 * @param messageBytesMax the largest message of an application; a call's frame may be larger by what surrounds it
 * @param inFlightBytesMax what all calls together may have under way; publish streams read on while it is half of that
 * @param resetsPerConnectionMax calls that one connection may reset within {@link #RESET_WINDOW}
 * @param shutdownGrace how long calls in flight may take to finish
 * @param heartbeatInterval how often a consumer hears from the server at the least
 * @param releaseTimeout how long a consumer may take to give up a partition
 */
public record GrpcConfig(
        List<InetSocketAddress> addresses,
        int messageBytesMax,
        long inFlightBytesMax,
        int connectionsMax,
        int callsPerConnectionMax,
        int resetsPerConnectionMax,
        Duration keepaliveTime,
        Duration keepaliveTimeout,
        Duration shutdownGrace,
        Duration heartbeatInterval,
        Duration releaseTimeout) {

    static final Duration RESET_WINDOW = Duration.ofSeconds(10);

    /** Names, numbers and framing around the bytes that {@link #messageBytesMax} counts. */
    private static final int FRAME_OVERHEAD_BYTES = 1 << 20;

    public static GrpcConfig from(Configuration configuration) {
        return new GrpcConfig(
                ListenAddresses.of(configuration),
                Math.toIntExact(configuration.get(Settings.MESSAGE_BYTES_MAX)),
                configuration.get(Settings.IN_FLIGHT_BYTES_MAX),
                configuration.get(Settings.GRPC_CONNECTIONS_MAX),
                configuration.get(Settings.GRPC_CALLS_MAX),
                configuration.get(Settings.GRPC_RESETS_MAX),
                configuration.get(Settings.GRPC_KEEPALIVE_TIME),
                configuration.get(Settings.GRPC_KEEPALIVE_TIMEOUT),
                configuration.get(Settings.SHUTDOWN_GRACE),
                configuration.get(Settings.HEARTBEAT_INTERVAL),
                configuration.get(Settings.RELEASE_TIMEOUT));
    }

    int frameBytesMax() {
        return messageBytesMax + FRAME_OVERHEAD_BYTES;
    }
}
