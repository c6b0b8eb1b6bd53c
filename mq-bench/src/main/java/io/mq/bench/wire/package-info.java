/** Messages of the wire as a client without mq's own code has them. */
package io.mq.bench.wire;
