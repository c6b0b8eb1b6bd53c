/** Whether many partitions and many idle subscriptions cost anything. */
package io.mq.bench.scale;
