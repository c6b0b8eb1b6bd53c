package io.mq.batch;

import java.util.Random;

/**
 * The seeds of randomised tests: few by default. {@code -Dmq.test.scale=100} tries a hundred times as many;
 * {@code -Dmq.test.seed=42} tries that one alone.
 */
public final class Seeds {

    private static final int SCALE = Integer.getInteger("mq.test.scale", 1);
    private static final Long ONLY = Long.getLong("mq.test.seed");

    private Seeds() {}

    /** What is tried with each seed. */
    @FunctionalInterface
    public interface Trial {
        void run(Random random) throws Exception;
    }

    /** Whether there is more than one seed, so that something can be said of all of them together. */
    public static boolean areMany() {
        return ONLY == null;
    }

    /** Runs a trial with so many seeds; the failure of one names its seed. */
    public static void forEach(int count, Trial trial) {
        long first = ONLY == null ? 1 : ONLY;
        long last = ONLY == null ? (long) count * SCALE : ONLY;
        for (long seed = first; seed <= last; seed++) {
            try {
                trial.run(new Random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed %d (alone with -Dmq.test.seed=%d): %s".formatted(seed, seed, e), e);
            }
        }
    }
}
