/** Several servers that make a cluster, the network between them, and what can be done to both. */
package io.mq.system.cluster;
