package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
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
        cutAtEveryOperation(survival, new SimulatedDisk(), SEED, RECORDS);
    }

    @Test
    void atEveryOperationOfAnyLifeLeavesExactlyWhatWasAcknowledged() {
        Seeds.forEach(
                4, random -> cutAtEveryOperation(Survival.SOME, new SimulatedDisk(), random.nextLong(), RECORDS / 10));
    }

    @Test
    void atEveryOperationWithShortWritesLeavesExactlyWhatWasAcknowledged() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        disk.writeShort(new Random(SEED));
        cutAtEveryOperation(Survival.SOME, disk, SEED, RECORDS / 2);
    }

    @Test
    void duringRecoveryFromAPowerCutLeavesExactlyWhatWasAcknowledged() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        Workload workload = new Workload(SEED);
        Random random = new Random(SEED);
        int[] secondCuts = new int[1];
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            disk.setHook((operation, path) -> {
                if (random.nextInt(100) == 0) {
                    SimulatedDisk found = disk.afterPowerCut(Survival.SOME, random);
                    secondCuts[0] += cutRecovery(workload, found, store.load(), random);
                }
            });
            workload.run(fixture, RECORDS / 2);
            disk.setHook((operation, path) -> {});
        }
        assertThat(secondCuts[0])
                .as("operations at which the power was cut again")
                .isGreaterThan(100);
    }

    private static int cutRecovery(Workload workload, SimulatedDisk found, StateImage checkpoint, Random random) {
        InMemoryCheckpointStore store = new InMemoryCheckpointStore(checkpoint);
        int[] cuts = new int[1];
        found.setHook((operation, path) -> {
            cuts[0]++;
            workload.verify(
                    found.afterPowerCut(Survival.SOME, random),
                    store.load(),
                    () -> "power cut again before %s of %s, seed %d".formatted(operation, path, SEED));
        });
        workload.verify(found, store, () -> "power cut, seed %d".formatted(SEED));
        return cuts[0];
    }

    private static void cutAtEveryOperation(Survival survival, SimulatedDisk disk, long seed, int records)
            throws Exception {
        Workload workload = new Workload(seed);
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        Random random = new Random(seed);
        long[] cuts = new long[1];
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            disk.setHook((operation, path) -> {
                cuts[0]++;
                StateImage checkpoint = store.load();
                SimulatedDisk found = disk.afterPowerCut(survival, random);
                workload.verify(
                        found,
                        checkpoint,
                        () -> "power cut %d, before %s of %s, %s survives, seed %d"
                                .formatted(cuts[0], operation, path, survival, seed));
            });
            workload.run(fixture, records);
            disk.setHook((operation, path) -> {});
        }
        assertThat(cuts[0]).as("operations at which the power was cut").isGreaterThan(2L * records);
    }
}
