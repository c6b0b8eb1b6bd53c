package io.mq.system.chaos;

import io.mq.system.cluster.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares what the nodes have in their files, where it must be the same, byte for byte. */
final class Divergence {

    private Divergence() {}

    /**
     * Compares all nodes, which must not run.
     *
     * @param acknowledgedEnds for each partition, up to where every node must have it
     */
    static void find(List<Node> nodes, List<Long> acknowledgedEnds, Findings findings) throws IOException {
        for (int partition = 0; partition < acknowledgedEnds.size(); partition++) {
            List<TreeMap<Long, Integer>> replicas = new ArrayList<>();
            for (Node node : nodes) {
                ReplicaFiles files = new ReplicaFiles(node.dataDirectory(), Workload.TOPIC);
                long end = files.end(partition);
                if (end < acknowledgedEnds.get(partition)) {
                    findings.divergent(
                            1,
                            "partition %d ends at %d in the files of %s, %d was acknowledged"
                                    .formatted(partition, end, node.id(), acknowledgedEnds.get(partition)));
                }
                replicas.add(files.checksums(partition));
            }
            compare(partition, replicas, findings);
        }
    }

    /** From where all have begun by then, to where the first one ends. */
    private static void compare(int partition, List<TreeMap<Long, Integer>> replicas, Findings findings) {
        if (replicas.stream().anyMatch(TreeMap::isEmpty)) {
            return;
        }
        long from = replicas.stream().mapToLong(TreeMap::firstKey).max().orElseThrow();
        long to = replicas.stream().mapToLong(TreeMap::lastKey).min().orElseThrow();
        List<SortedMap<Long, Integer>> common = new ArrayList<>();
        replicas.forEach(replica -> common.add(from <= to ? replica.subMap(from, to + 1) : new TreeMap<>()));
        SortedMap<Long, Integer> first = common.get(0);
        for (SortedMap<Long, Integer> other : common.subList(1, common.size())) {
            Set<Long> offsets = new HashSet<>(first.keySet());
            offsets.addAll(other.keySet());
            List<Long> different = offsets.stream()
                    .filter(offset ->
                            !first.containsKey(offset) || !first.get(offset).equals(other.get(offset)))
                    .sorted()
                    .toList();
            if (!different.isEmpty()) {
                findings.divergent(
                        different.size(),
                        "partition %d: %d batches differ between two nodes, the first at offset %d"
                                .formatted(partition, different.size(), different.get(0)));
            }
        }
    }
}
