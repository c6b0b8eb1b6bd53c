package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.system.chaos.ChaosReport;
import io.mq.system.chaos.ChaosRun;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed at random under load. {@code ./mq chaos} is the same for more rounds. */
class KillIT {

    private static final int ROUNDS = Integer.getInteger("mq.system.kill-rounds", 5);
    private static final long SEED = Long.getLong("mq.system.seed", new Random().nextInt(1_000_000));

    @Test
    void nothingAcknowledgedIsLostOrReorderedWhenTheServerIsKilled(@TempDir Path directory) throws Exception {
        ChaosReport report = new ChaosRun(directory, ROUNDS, SEED, System.out).run();

        assertThat(report.acknowledged()).as("acknowledged, seed %d", SEED).isGreaterThan(100L * ROUNDS);
        assertThat(report.lost()).as("lost, seed %d", SEED).isZero();
        assertThat(report.reordered()).as("reordered, seed %d", SEED).isZero();
    }
}
