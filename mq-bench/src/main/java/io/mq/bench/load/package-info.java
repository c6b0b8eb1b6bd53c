/** Load on one server by mq's own client, of the size and shape that is asked for. */
package io.mq.bench.load;
