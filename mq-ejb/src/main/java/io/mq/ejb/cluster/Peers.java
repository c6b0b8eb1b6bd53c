package io.mq.ejb.cluster;

import io.mq.core.error.StartupException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The nodes that can be reached at the moment. Safe for use by any thread. */
interface Peers extends Closeable {

    /** What a node hears from the others. Nothing here runs on a thread that others wait for. */
    interface Handler {

        /** Nodes have come or gone, or say something else of themselves. One call at a time. */
        void changed();

        /** Answers a request; what it throws reaches the one who asked, as text. May wait. */
        byte[] answer(byte[] request) throws IOException;

        /**
         * Takes a proposal of another node, which waits for nothing here: those of one node come one after the other.
         *
         * @param answer told the outcome, once
         */
        void proposed(byte[] proposal, Consumer<byte[]> answer);

        /** This node has to go: another one of its name was there before. Called once at the most, after the start. */
        void refused(String reason);
    }

    /** Finds the other nodes. */
    @FunctionalInterface
    interface Connector {

        /**
         * @param self what this node says of itself
         * @throws StartupException where a node of its name is there already
         */
        Peers connect(ClusterConfig config, NodeInfo self, Handler handler) throws IOException;
    }

    /** All, this node included and none twice; the first is the coordinator. */
    List<NodeInfo> present();

    /** How many are there that have not said yet who they are. */
    int unknown();

    /** Says something else of this node. */
    void announce(NodeInfo self);

    /** Asks a node and fails where it does not answer in time, or with an error. */
    CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout);

    /**
     * Takes a proposal to a node, behind those that were taken there before; waits while that node does not take what it
     * was sent. Fails where the node goes, or says nothing for long. A node that is out of view already is sent it all the
     * same: who leads is not for the view to say.
     */
    CompletableFuture<byte[]> propose(String nodeId, byte[] proposal);
}
