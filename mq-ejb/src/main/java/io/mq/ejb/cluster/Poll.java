package io.mq.ejb.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One question to many nodes at the same time. */
final class Poll {

    private static final Logger LOG = System.getLogger(Poll.class.getName());

    private Poll() {}

    /** Reads an answer. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(byte[] answer) throws IOException;
    }

    /** Waits for the answers; who does not answer in time, or not as expected, is left out. */
    static <T> Map<NodeInfo, T> of(
            Peers peers, Collection<NodeInfo> nodes, NodeRequest question, Duration patience, Decoder<T> decoder) {
        byte[] request = question.encoded();
        Map<NodeInfo, CompletableFuture<byte[]>> asked = new LinkedHashMap<>();
        nodes.forEach(node -> asked.put(node, peers.ask(node.nodeId(), request, patience)));
        Map<NodeInfo, T> answers = new LinkedHashMap<>();
        asked.forEach((node, answer) -> {
            try {
                answers.put(node, decoder.decode(answer.join()));
            } catch (CompletionException | IOException e) {
                LOG.log(Level.DEBUG, "A node has not answered", e);
            }
        });
        return answers;
    }
}
