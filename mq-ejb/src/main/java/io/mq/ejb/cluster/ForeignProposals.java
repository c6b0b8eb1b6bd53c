package io.mq.ejb.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Has the engine append what other nodes propose for shards that this node leads, each node's in the order in which it
 * comes. The engine may have its caller wait, so each shard has a thread of its own.
 *
 * <p>Safe for use by any thread.
 */
final class ForeignProposals implements Closeable {

    private static final Logger LOG = System.getLogger(ForeignProposals.class.getName());

    /** More than all other nodes have under way. */
    private static final int WAITING_MAX = 100;

    private static final long STOP_SECONDS = 2;

    private final RatisNode node;
    private final BooleanSupplier hasRoom;

    /** By shard. */
    private final Map<String, ExecutorService> appending;

    /** @param hasRoom whether this node's disk takes messages */
    ForeignProposals(RatisNode node, int shards, BooleanSupplier hasRoom) {
        this.node = node;
        this.hasRoom = hasRoom;
        this.appending = IntStream.range(0, shards)
                .mapToObj(Integer::toString)
                .collect(Collectors.toMap(
                        shard -> shard, shard -> ClusterThreads.few("mq-proposals-" + shard, 1, WAITING_MAX)));
    }

    /**
     * Takes one; does not wait.
     *
     * @param answer told the {@link ProposalOutcome#encoded}, once
     */
    void take(byte[] bytes, Consumer<byte[]> answer) {
        Consumer<ProposalOutcome> told = outcome -> answer.accept(outcome.encoded());
        try {
            ForeignProposal proposal = ForeignProposal.decode(bytes);
            ExecutorService shard = appending.get(proposal.shard());
            if (shard == null) {
                told.accept(ProposalOutcome.ENDED);
            } else {
                shard.execute(() -> append(proposal, told));
            }
        } catch (RejectedExecutionException e) {
            told.accept(ProposalOutcome.BUSY);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "What another node proposes is not understood; update the older node", e);
            told.accept(ProposalOutcome.ENDED);
        }
    }

    private void append(ForeignProposal proposal, Consumer<ProposalOutcome> answer) {
        if (!hasRoom.getAsBoolean()) {
            answer.accept(ProposalOutcome.DISK_FULL);
        } else if (!node.isStarted()) {
            answer.accept(ProposalOutcome.NOT_READY);
        } else {
            var unused = node.submit(proposal.shard(), proposal.client(), proposal.call(), proposal)
                    .whenComplete(
                            (reply, thrown) -> answer.accept(ProposalOutcome.of(reply, thrown, proposal.isAppended())));
        }
    }

    @Override
    public void close() {
        appending.values().forEach(executor -> ClusterThreads.stop(executor, STOP_SECONDS));
    }
}
