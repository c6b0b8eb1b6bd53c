package io.mq.core.broker;

import io.mq.batch.Records;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** A process of its own that publishes until it is killed, and prints the offset of each acknowledged message. */
final class PublishingProcess {

    private static final int UNDER_WAY_MAX = 50;

    private PublishingProcess() {}

    /** @param args the data directory */
    public static void main(String[] args) {
        BrokerFixture fixture = new BrokerFixture(Path.of(args[0])).set("mq.checkpoint.interval", "1h");
        fixture.start();
        fixture.create("t", 1);
        Queue<CompletableFuture<?>> underWay = new ArrayDeque<>();
        for (int i = 0; ; i++) {
            String payload = "m" + i;
            underWay.add(fixture.broker()
                    .publisher()
                    .publish(BrokerFixture.request("t", Records.record(payload)))
                    .thenAccept(published -> System.out.println(published.offset())));
            while (underWay.size() > UNDER_WAY_MAX) {
                underWay.remove().join();
            }
        }
    }
}
