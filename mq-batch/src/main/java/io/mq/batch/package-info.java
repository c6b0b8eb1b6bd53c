/** Records and the batch format that is at once the producer's, the wire's, the disk's and the consumer's. */
package io.mq.batch;
