package io.mq.client;

/**
 * Tells the application of partitions that come and go, and does what follows: messages after an assignment, commit and
 * release after a revocation. Runs on the application's threads.
 */
final class ConsumerEvents {

    private final ConsumerConfig config;
    private final Connection connection;
    private final Assignments assignments;
    private final ConsumeSession session;

    ConsumerEvents(ConsumerConfig config, Connection connection, Assignments assignments, ConsumeSession session) {
        this.config = config;
        this.connection = connection;
        this.assignments = assignments;
        this.session = session;
    }

    void handle(AssignmentEvent event) {
        AssignedPartition partition = event.partition();
        RebalanceListener listener = config.rebalanceListener();
        switch (event.change()) {
            case ASSIGNED -> {
                listener.assigned(partition.partition);
                assignments.announce(partition);
            }
            case REVOKED -> {
                try {
                    listener.revoked(partition.partition);
                } finally {
                    connection.loop().execute(() -> handOver(partition));
                }
            }
            case LOST -> listener.lost(partition.partition);
        }
    }

    private void handOver(AssignedPartition partition) {
        if (config.autoCommit().isPresent()) {
            session.committer().commitProcessed(partition);
        }
        session.release(partition);
    }
}
