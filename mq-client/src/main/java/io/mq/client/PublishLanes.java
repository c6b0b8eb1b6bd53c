package io.mq.client;

import io.mq.proto.PublishStreamReady;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A producer's pipelines: one for each shard that its topic lies in, to the node that leads it. The first shard's is always
 * there, and its streams tell where the partitions lie.
 *
 * <p>Confined to the loop, but for {@link #start}, {@link #senders}, {@link #wake}, {@link #flush} and the sizes.
 */
final class PublishLanes implements PublishPipeline.Owner {

    /** The golden ratio's fraction of 2^64: sums of it are spread evenly. */
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final ProducerConfig config;
    private final long producerId;
    private final Connection connection;
    private final BufferBudget budget;
    private final BuilderPool builders;
    private final PublishPipeline first;

    /** By shard. */
    private final Map<Integer, PublishPipeline> pipelines = new TreeMap<>();

    private volatile Layout layout = new Layout(new PartitionSender[0], new PublishPipeline[0], List.of());
    private boolean isClosed;

    /** Both by partition, and all pipelines. */
    private record Layout(PartitionSender[] senders, PublishPipeline[] ways, List<PublishPipeline> pipelines) {}

    PublishLanes(
            ProducerConfig config, long producerId, Connection connection, BufferBudget budget, BuilderPool builders) {
        this.config = config;
        this.producerId = producerId;
        this.connection = connection;
        this.budget = budget;
        this.builders = builders;
        this.first = pipeline(0, connection);
        pipelines.put(0, first);
    }

    private PublishPipeline pipeline(int shard, Connection way) {
        return new PublishPipeline(config, idIn(producerId, shard), shard, way, budget, builders, this);
    }

    /**
     * A pipeline's own number: a number's streams put an end to each other. The same one again for the same producer; the
     * mixing is that of Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
     */
    static long idIn(long producerId, int shard) {
        if (producerId == 0 || shard == 0) {
            return producerId;
        }
        long z = producerId + shard * GOLDEN;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        z ^= z >>> 31;
        return z == 0 ? GOLDEN : z;
    }

    /** @return what completes when the first stream is open, or fails where none is within the deadline */
    CompletableFuture<Void> start() {
        return first.start();
    }

    // ---- streams

    @Override
    public void opened(PublishStreamReady ready) {
        PartitionSender[] senders = new PartitionSender[ready.getPartitions()];
        PublishPipeline[] ways = new PublishPipeline[senders.length];
        if (isClosed || senders.length < layout.senders.length) {
            return;
        }
        for (int partition = 0; partition < senders.length; partition++) {
            int shard = partition < ready.getShardsCount() ? ready.getShards(partition) : 0;
            PublishPipeline way = pipelines.get(shard);
            if (way == null) {
                way = pipeline(shard, connection.forShard(shard));
                pipelines.put(shard, way);
                CompletableFuture<Void> unused = way.start();
            }
            way.growTo(senders.length);
            ways[partition] = way;
            senders[partition] = way.senders()[partition];
        }
        layout = new Layout(senders, ways, List.copyOf(pipelines.values()));
    }

    @Override
    public void ended(MqException why) {
        shutDown(why);
    }

    // ---- any thread

    /** By partition. Grows where the topic has. */
    PartitionSender[] senders() {
        return layout.senders;
    }

    /** There is something to send where there was nothing. */
    void wake(PartitionSender sender) {
        layout.ways[sender.partition()].wake(sender);
    }

    /** What messages gather to. */
    int batchBytesMax() {
        return first.batchBytesMax();
    }

    /** The largest batch that the server takes. */
    int serverBatchBytesMax() {
        return first.serverBatchBytesMax();
    }

    boolean isOnLoop() {
        return connection.loop().isCurrent();
    }

    /** @return what completes when all that was sent before has, one way or another */
    CompletableFuture<Void> flush() {
        return CompletableFuture.allOf(
                layout.pipelines.stream().map(PublishPipeline::flush).toArray(CompletableFuture[]::new));
    }

    /** Takes no more messages, gives up those that are not stored, and ends the streams. */
    void shutDown(MqException why) {
        isClosed = true;
        pipelines.values().forEach(pipeline -> pipeline.shutDown(why));
    }

    /** Does that soon. */
    void shutDownSoon(MqException why) {
        connection.loop().execute(() -> shutDown(why));
    }
}
