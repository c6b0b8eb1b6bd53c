package io.mq.system.chaos;

/**
 * What a run of a cluster did and found.
 *
 * @param rounds those that were done
 * @param duplicated messages without a number that stand twice, as they may after a retry
 * @param stuck what was wrong where the cluster did not come back, which ended the run; empty where it did
 * @param residentMegabytesMax the memory of the node that had most, when its round was over
 */
public record ClusterReport(
        int rounds,
        long acknowledged,
        long lost,
        long duplicated,
        long reordered,
        long divergent,
        Gaps gaps,
        String stuck,
        long residentMegabytesMax,
        long seed) {

    /** Whether everything was there, once and in order, at each node. */
    public boolean isGood() {
        return lost == 0 && reordered == 0 && divergent == 0;
    }

    /** One line for machines. */
    public String toJson() {
        return ("{\"rounds\": %d, \"faults\": %s, \"acknowledged\": %d, \"lost\": %d, \"duplicated\": %d, "
                        + "\"reordered\": %d, \"divergent\": %d, \"stuck\": %b, \"gap_ms\": %s, \"gap_ms_by_fault\": %s, "
                        + "\"rss_mib_max\": %d, \"seed\": %d}")
                .formatted(
                        rounds,
                        gaps.faultsJson(),
                        acknowledged,
                        lost,
                        duplicated,
                        reordered,
                        divergent,
                        !stuck.isEmpty(),
                        gaps.json(),
                        gaps.byFaultJson(),
                        residentMegabytesMax,
                        seed);
    }

    /** Tables for people. */
    String toTable() {
        return """
                rounds            %,15d
                acknowledged      %,15d
                lost              %,15d
                duplicated        %,15d   sent again because their outcome was unknown
                reordered         %,15d
                divergent         %,15d
                memory at most    %,15d   MiB, of a node
                seed              %15d

                %s""".formatted(
                rounds, acknowledged, lost, duplicated, reordered, divergent, residentMegabytesMax, seed, gaps.table());
    }
}
