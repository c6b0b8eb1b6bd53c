/** What the edges of a node know of the cluster that it belongs to. */
package io.mq.core.cluster;
