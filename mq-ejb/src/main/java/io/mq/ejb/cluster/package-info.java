/** Keeps a shard's log alike on several nodes: Apache Ratis behind {@link io.mq.core.journal.RaftLog}. */
package io.mq.ejb.cluster;
