package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A shard as one of its replicas sees it.
 *
 * @param isLeading whether this replica leads and has applied all that earlier leaders have committed
 * @param leader the replica that leads; empty where none is known
 * @param voters the replicas that vote
 * @param observers those that have everything too, but nobody waits for
 * @param isSettled whether these are agreed upon, and not just being changed
 * @param end of this replica's log
 * @param matching where this replica leads: for each other, up to where its log is known to be alike
 */
record ShardStatus(
        boolean isLeading,
        long term,
        Optional<String> leader,
        Set<String> voters,
        Set<String> observers,
        boolean isSettled,
        LogEnd end,
        Map<String, Long> matching) {

    /** All of them, whether they vote or not. */
    Set<String> replicas() {
        Set<String> all = new TreeSet<>(voters);
        all.addAll(observers);
        return all;
    }

    /** How many entries of this log, which leads, the other replica is not known to have. */
    Map<String, Long> lags() {
        Map<String, Long> lags = new HashMap<>();
        matching.forEach((peer, index) -> lags.put(peer, Math.max(0, end.index() - index)));
        return lags;
    }

    /** Of those of these replicas that vote, the one that is known to have most of this log, which leads. */
    Optional<String> nearest(Collection<String> peers) {
        return matching.entrySet().stream()
                .filter(each -> peers.contains(each.getKey()) && voters.contains(each.getKey()))
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    void encode(DataOutput out) throws IOException {
        out.writeBoolean(isLeading);
        out.writeLong(term);
        out.writeUTF(leader.orElse(""));
        encode(voters, out);
        encode(observers, out);
        out.writeBoolean(isSettled);
        end.encode(out);
        out.writeInt(matching.size());
        for (Map.Entry<String, Long> each : matching.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeLong(each.getValue());
        }
    }

    static ShardStatus decode(DataInput in) throws IOException {
        boolean isLeading = in.readBoolean();
        long term = in.readLong();
        String leader = in.readUTF();
        Set<String> voters = decodeSet(in);
        Set<String> observers = decodeSet(in);
        boolean isSettled = in.readBoolean();
        LogEnd end = LogEnd.decode(in);
        Map<String, Long> matching = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            matching.put(in.readUTF(), in.readLong());
        }
        return new ShardStatus(
                isLeading,
                term,
                leader.isEmpty() ? Optional.empty() : Optional.of(leader),
                voters,
                observers,
                isSettled,
                end,
                matching);
    }

    private static void encode(Set<String> names, DataOutput out) throws IOException {
        out.writeInt(names.size());
        for (String name : names) {
            out.writeUTF(name);
        }
    }

    private static Set<String> decodeSet(DataInput in) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            names.add(in.readUTF());
        }
        return names;
    }
}
