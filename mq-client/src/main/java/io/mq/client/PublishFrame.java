package io.mq.client;

import io.mq.proto.PublishStreamRequest;

/**
 * What a producer sends: the stream's first message, or a batch.
 *
 * @param init the first message, or null
 * @param batch to send, or null
 * @param durability the number of the least that the result may promise; 0 for the server's choice
 */
record PublishFrame(PublishStreamRequest init, long frameId, int partition, PendingBatch batch, int durability) {

    static PublishFrame init(PublishStreamRequest init) {
        return new PublishFrame(init, 0, 0, null, 0);
    }

    static PublishFrame of(long frameId, int partition, PendingBatch batch, int durability) {
        return new PublishFrame(null, frameId, partition, batch, durability);
    }
}
