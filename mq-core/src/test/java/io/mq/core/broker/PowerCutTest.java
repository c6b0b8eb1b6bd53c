package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.state.StateImage;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The power fails at every single operation on the disk, and everything acknowledged is there afterwards. */
class PowerCutTest {

    private static final int RECORDS = 1000;
    private static final long SEED = 20_261_124;

    @ParameterizedTest
    @EnumSource(Survival.class)
    void atEveryOperationLeavesExactlyWhatWasAcknowledged(Survival survival) throws Exception {
        cutAtEveryOperation(survival, new SimulatedDisk());
    }

    @Test
    void atEveryOperationWithShortWritesLeavesExactlyWhatWasAcknowledged() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        disk.writeShort(new Random(SEED));
        cutAtEveryOperation(Survival.SOME, disk);
    }

    private static void cutAtEveryOperation(Survival survival, SimulatedDisk disk) throws Exception {
        Workload workload = new Workload(SEED);
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        Random random = new Random(SEED);
        long[] cuts = new long[1];
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            disk.setHook((operation, path) -> {
                cuts[0]++;
                StateImage checkpoint = store.load();
                SimulatedDisk found = disk.afterPowerCut(survival, random);
                workload.verify(
                        found,
                        checkpoint,
                        "power cut %d, before %s of %s, %s survives, seed %d"
                                .formatted(cuts[0], operation, path, survival, SEED));
            });
            workload.run(fixture, RECORDS);
            disk.setHook((operation, path) -> {});
        }
        assertThat(cuts[0]).as("operations at which the power was cut").isGreaterThan(2 * RECORDS);
    }
}
