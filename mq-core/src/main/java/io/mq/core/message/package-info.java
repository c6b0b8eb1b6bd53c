/** What is sent to: topics, partitions, and the names that clients choose. */
package io.mq.core.message;
