package io.mq.core.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which member of a group reads which partition. Shares differ by one at the most, and no partition moves that could
 * stay: each member keeps what it has up to its share, and only the rest is dealt out.
 */
final class Assignment {

    private Assignment() {}

    /**
     * Computes the owners; a pure function.
     *
     * @param members in the order in which they joined; the first ones get the larger shares
     * @param partitions how many there are, numbered from 0
     * @param present the present owners; those that are no members own nothing
     * @return an owner for each partition; empty where there is no member
     */
    static <M> Map<Integer, M> balance(List<M> members, int partitions, Map<Integer, M> present) {
        Map<Integer, M> owners = new TreeMap<>();
        if (members.isEmpty()) {
            return owners;
        }
        int share = partitions / members.size();
        int largerShares = partitions % members.size();
        Map<M, Integer> counts = new HashMap<>();
        for (M member : members) {
            List<Integer> held = heldBy(member, partitions, present);
            int quota = share;
            if (held.size() > share && largerShares > 0) {
                quota++;
                largerShares--;
            }
            List<Integer> kept = held.subList(0, Math.min(quota, held.size()));
            kept.forEach(partition -> owners.put(partition, member));
            counts.put(member, kept.size());
        }
        dealOut(members, partitions, share, largerShares, owners, counts);
        return owners;
    }

    private static <M> List<Integer> heldBy(M member, int partitions, Map<Integer, M> present) {
        List<Integer> held = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            if (member.equals(present.get(partition))) {
                held.add(partition);
            }
        }
        return held;
    }

    private static <M> void dealOut(
            List<M> members,
            int partitions,
            int share,
            int largerShares,
            Map<Integer, M> owners,
            Map<M, Integer> counts) {
        int larger = largerShares;
        int next = 0;
        for (int partition = 0; partition < partitions; partition++) {
            if (owners.containsKey(partition)) {
                continue;
            }
            while (counts.get(members.get(next)) >= share + (larger > 0 ? 1 : 0)) {
                next++;
            }
            M member = members.get(next);
            int count = counts.merge(member, 1, Integer::sum);
            if (count > share) {
                larger--;
                next++;
            }
            owners.put(partition, member);
        }
    }
}
