package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a node is, as it says when it is asked.
 *
 * @param version of mq
 * @param usableDiskBytes that may still be written
 * @param problems what keeps it from its work, in sentences for the operator
 * @param shard as its replica sees it; empty where it keeps none
 */
record NodeState(String version, long usableDiskBytes, List<String> problems, Optional<ShardStatus> shard) {

    byte[] encoded() {
        return NodeRequest.bytes(out -> {
            out.writeUTF(version);
            out.writeLong(usableDiskBytes);
            out.writeInt(problems.size());
            for (String problem : problems) {
                out.writeUTF(problem);
            }
            out.writeBoolean(shard.isPresent());
            if (shard.isPresent()) {
                shard.get().encode(out);
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
        return new NodeState(
                version,
                usableDiskBytes,
                problems,
                in.readBoolean() ? Optional.of(ShardStatus.decode(in)) : Optional.empty());
    }
}
