package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a node's replica is, as it tells others.
 *
 * @param status empty where it keeps none
 * @param problems why it does not take part, in sentences
 * @param usableDiskBytes that may still be written there
 */
record ReplicaReport(Optional<ShardStatus> status, List<String> problems, long usableDiskBytes) {

    /** Those that have more of the log come later. */
    static final Comparator<ShardStatus> BY_LOG =
            Comparator.comparingLong(ShardStatus::lastTerm).thenComparingLong(ShardStatus::lastIndex);

    byte[] encoded() {
        return NodeRequest.bytes(out -> {
            out.writeBoolean(status.isPresent());
            if (status.isPresent()) {
                ShardStatus replica = status.get();
                out.writeBoolean(replica.isLeading());
                out.writeLong(replica.term());
                out.writeUTF(replica.leader().orElse(""));
                out.writeInt(replica.voters().size());
                for (Map.Entry<String, String> voter : replica.voters().entrySet()) {
                    out.writeUTF(voter.getKey());
                    out.writeUTF(voter.getValue());
                }
                out.writeLong(replica.lastTerm());
                out.writeLong(replica.lastIndex());
                out.writeLong(replica.committed());
                out.writeLong(replica.applied());
                out.writeInt(replica.matching().size());
                for (Map.Entry<String, Long> match : replica.matching().entrySet()) {
                    out.writeUTF(match.getKey());
                    out.writeLong(match.getValue());
                }
            }
            out.writeInt(problems.size());
            for (String problem : problems) {
                out.writeUTF(problem);
            }
            out.writeLong(usableDiskBytes);
        });
    }

    static ReplicaReport decode(byte[] bytes) throws IOException {
        DataInput in = NodeRequest.input(bytes);
        Optional<ShardStatus> status = in.readBoolean() ? Optional.of(readStatus(in)) : Optional.empty();
        List<String> problems = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            problems.add(in.readUTF());
        }
        return new ReplicaReport(status, problems, in.readLong());
    }

    private static ShardStatus readStatus(DataInput in) throws IOException {
        boolean isLeading = in.readBoolean();
        long term = in.readLong();
        String leader = in.readUTF();
        TreeMap<String, String> voters = new TreeMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            voters.put(in.readUTF(), in.readUTF());
        }
        long lastTerm = in.readLong();
        long lastIndex = in.readLong();
        long committed = in.readLong();
        long applied = in.readLong();
        Map<String, Long> matching = new HashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            matching.put(in.readUTF(), in.readLong());
        }
        return new ShardStatus(
                isLeading,
                term,
                leader.isEmpty() ? Optional.empty() : Optional.of(leader),
                voters,
                lastTerm,
                lastIndex,
                committed,
                applied,
                matching);
    }
}
