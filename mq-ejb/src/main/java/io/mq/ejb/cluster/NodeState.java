package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a node is, as it says when it is asked.
 *
 * @param version of mq
 * @param usableDiskBytes that may still be written
 * @param problems what keeps it from its work, in sentences for the operator
 * @param shards by name: those that it keeps replicas of, as these see them
 */
record NodeState(String version, long usableDiskBytes, List<String> problems, Map<String, ShardStatus> shards) {

    Optional<ShardStatus> shard(String name) {
        return Optional.ofNullable(shards.get(name));
    }

    byte[] encoded() {
        return NodeRequest.bytes(out -> {
            out.writeUTF(version);
            out.writeLong(usableDiskBytes);
            out.writeInt(problems.size());
            for (String problem : problems) {
                out.writeUTF(problem);
            }
            out.writeInt(shards.size());
            for (Map.Entry<String, ShardStatus> shard : shards.entrySet()) {
                out.writeUTF(shard.getKey());
                shard.getValue().encode(out);
            }
        });
    }

    static NodeState decode(byte[] bytes) throws IOException {
        DataInput in = NodeRequest.input(bytes);
        String version = in.readUTF();
        long usableDiskBytes = in.readLong();
        List<String> problems = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            problems.add(in.readUTF());
        }
        Map<String, ShardStatus> shards = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            shards.put(in.readUTF(), ShardStatus.decode(in));
        }
        return new NodeState(version, usableDiskBytes, problems, shards);
    }
}
