package io.mq.system.chaos;

import java.util.Arrays;
import java.util.List;

/**
 * What a run did and found.
 *
 * @param recoveryMillis of each round, from the launch of the process to the first acknowledged message, without the check between
 */
public record ChaosReport(
        int rounds, long acknowledged, long lost, long duplicated, long reordered, long[] recoveryMillis, long seed) {

    /** Several runs side by side, as one. */
    static ChaosReport sum(List<ChaosReport> runs, long seed) {
        return new ChaosReport(
                runs.stream().mapToInt(ChaosReport::rounds).sum(),
                runs.stream().mapToLong(ChaosReport::acknowledged).sum(),
                runs.stream().mapToLong(ChaosReport::lost).sum(),
                runs.stream().mapToLong(ChaosReport::duplicated).sum(),
                runs.stream().mapToLong(ChaosReport::reordered).sum(),
                runs.stream()
                        .flatMapToLong(run -> Arrays.stream(run.recoveryMillis))
                        .toArray(),
                seed);
    }

    /** One line for machines. */
    String toJson() {
        return ("{\"rounds\": %d, \"acknowledged\": %d, \"lost\": %d, \"duplicated\": %d, \"reordered\": %d, "
                        + "\"recovery_ms\": {\"p50\": %d, \"max\": %d}, \"seed\": %d}")
                .formatted(rounds, acknowledged, lost, duplicated, reordered, median(), max(), seed);
    }

    /** A table for people. */
    String toTable() {
        return """
                rounds            %,15d
                acknowledged      %,15d
                lost              %,15d
                duplicated        %,15d   sent again because their outcome was unknown
                reordered         %,15d
                recovery          %,15d   ms from launch to the first acknowledgement, median
                                  %,15d   ms at the most
                seed              %15d""".formatted(rounds, acknowledged, lost, duplicated, reordered, median(), max(), seed);
    }

    private long median() {
        long[] sorted = recoveryMillis.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    private long max() {
        return Arrays.stream(recoveryMillis).max().orElse(0);
    }
}
