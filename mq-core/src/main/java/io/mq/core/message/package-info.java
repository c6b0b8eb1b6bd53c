/** What is sent: topics, partitions, records, and the batch format that is at once the wire's and the disk's. */
package io.mq.core.message;
