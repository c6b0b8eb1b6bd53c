package io.mq.bench.load;

import io.mq.batch.Compression;
import io.mq.bench.option.WholeNumber;
import picocli.CommandLine.Option;

/** The size and the shape of a load. */
public final class LoadMixin {

    @Option(
            names = "--bytes",
            converter = WholeNumber.FromEight.class,
            defaultValue = "100",
            description = "Payload, 8 at least. Default: 100.")
    int bytes;

    @Option(
            names = "--partitions",
            converter = WholeNumber.FromOne.class,
            defaultValue = "1",
            description = "Of the topic. Default: 1.")
    int partitions;

    @Option(
            names = "--producers",
            converter = WholeNumber.FromOne.class,
            defaultValue = "1",
            description = "Each with a connection of its own. Default: 1.")
    int producers;

    @Option(
            names = "--consumers",
            converter = WholeNumber.FromOne.class,
            defaultValue = "1",
            description = "Members of one group. Default: 1.")
    int consumers;

    @Option(
            names = "--rate",
            converter = WholeNumber.FromZero.class,
            defaultValue = "0",
            description = "Messages per second in all; 0 for as many as go. Default: 0.")
    int rate;

    @Option(names = "--codec", defaultValue = "NONE", description = "NONE, LZ4 or ZSTD. Default: NONE.")
    Compression codec;

    @Option(
            names = "--seconds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "10",
            description = "Of the measurement. Default: 10.")
    int seconds;

    @Option(
            names = "--warm-up",
            converter = WholeNumber.FromZero.class,
            defaultValue = "10",
            description = "Seconds before it. Default: 10.")
    int warmUpSeconds;

    LoadShape shape() {
        return new LoadShape(bytes, partitions, codec);
    }
}
