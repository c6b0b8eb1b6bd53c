package io.mq.ejb.cluster;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How what a node proposes reaches the leader of a shard where that is another node. Safe for use by any thread. */
interface ProposalRoute {

    /** The replica that leads, as far as this node knows; its own only once that takes proposals. */
    Optional<String> leader();

    /**
     * Takes a proposal to a replica, behind those that were taken there before. May wait until the way is free.
     *
     * @param leader the replica
     * @param proposal {@link ForeignProposal#encode}
     * @return {@link ProposalOutcome#encoded}; fails where nobody knows what has become of it
     */
    CompletableFuture<byte[]> propose(String leader, byte[] proposal);
}
