package io.mq.core.broker;

import io.mq.core.cluster.Leadership;
import io.mq.core.file.Disk;
import io.mq.core.file.NioDisk;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a broker runs on: everything that a test may want to be another.
 *
 * @param clock gives messages their time; no safety rests on it
 * @param nanoClock monotonic, for time spans
 * @param newNodeId names a node at its first start
 * @param leadership of a node that has no seat in a cluster
 */
public record BrokerPlatform(
        Disk disk,
        InstantSource clock,
        LongSupplier nanoClock,
        RandomGenerator random,
        Supplier<String> newNodeId,
        BrokerObserver observer,
        Leadership leadership) {

    /** The machine as it is. */
    public static BrokerPlatform real(BrokerObserver observer) {
        return new BrokerPlatform(
                new NioDisk(),
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom(),
                () -> "node-" + UUID.randomUUID().toString().substring(0, 8),
                observer,
                Leadership.ALONE);
    }

    Engine.Platform engine(BrokerThreads threads) {
        return new Engine.Platform(disk, threads.journalWriter(), threads.journalFiles(), nanoClock, random);
    }
}
