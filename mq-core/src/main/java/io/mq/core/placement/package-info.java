/** Which node should lead which shard: pure functions, for whoever coordinates the cluster. */
package io.mq.core.placement;
