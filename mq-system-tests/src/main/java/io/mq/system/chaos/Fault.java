package io.mq.system.chaos;

import io.mq.system.cluster.Node;
import io.mq.system.cluster.StuckException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that happens to a cluster, and how it is undone.
 *
 * @param victims the nodes that it happens to, in part or as a whole
 * @param role whether one of them led, was the coordinator, or both: a word for the report
 * @param lasting from the strike to the mending
 */
record Fault(FaultKind kind, List<Node> victims, String role, Step strike, Duration lasting, Step mend) {

    /** What one does to nodes and networks. */
    interface Step {
        void run() throws IOException, InterruptedException, StuckException;
    }

    /** Such as {@code cut of n1 (leader) for 4.2 s}. */
    String describe() {
        return "%s of %s (%s) for %.1f s"
                .formatted(
                        kind.text(),
                        victims.stream().map(Node::id).collect(Collectors.joining(", ")),
                        role,
                        lasting.toMillis() / 1000.0);
    }
}
