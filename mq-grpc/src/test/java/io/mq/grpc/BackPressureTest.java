package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.mq.proto.MessageQueueServiceGrpc;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a subscriber does not take stays on the disk. */
class BackPressureTest {

    /** The smallest window that HTTP/2 starts with. */
    private static final int WINDOW = 65_535;

    /** gRPC takes a call for ready while less than this waits in it. */
    private static final int READY_BYTES = 32 << 10;

    private static final int MESSAGE_BYTES = 1000;

    /** One message is sent whole however little room there was for it, and one may be on its way. */
    private static final long SENT_UNREAD_MAX = (WINDOW + READY_BYTES) / MESSAGE_BYTES + 2;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private ManagedChannel smallWindow() {
        return server.newChannel(builder -> builder.flowControlWindow(WINDOW));
    }

    @Test
    void subscriberThatNeverReadsIsSentWhatItsWindowHoldsAndNoMore() throws Exception {
        server.createTopic("t", 1);
        server.fill("t", 2000, MESSAGE_BYTES);
        Tail.notReading(MessageQueueServiceGrpc.newStub(smallWindow()), Requests.member("t", "g", "c"));

        awaitNothingMoreIsSent();

        assertThat(sentMessages()).isBetween(1L, SENT_UNREAD_MAX);
        assertThat(position()).isEqualTo(sentMessages());
    }

    private long position() {
        return server.queue()
                .describeConsumerGroup(Requests.describeGroup("g"))
                .getPartitions(0)
                .getPosition();
    }

    @Test
    void subscriberThatReadsLaterGetsEverythingInOrder() throws Exception {
        server.createTopic("t", 1);
        server.fill("t", 500, MESSAGE_BYTES);
        Tail tail = Tail.notReading(MessageQueueServiceGrpc.newStub(smallWindow()), Requests.reader("t"));
        awaitNothingMoreIsSent();

        tail.take(500);

        List<Long> offsets = tail.await(500).stream().map(m -> m.getOffset()).toList();
        assertThat(offsets).isEqualTo(LongStream.range(0, 500).boxed().toList());
    }

    @Test
    void subscriberThatTakesOneAtATimeGetsEachWhenItAsks() {
        server.createTopic("t", 1);
        Tail tail = Tail.notReading(server.calls(), Requests.reader("t"));
        for (int i = 0; i < 5; i++) {
            server.publish("t", "m" + i);
        }

        for (int taken = 1; taken <= 5; taken++) {
            tail.take(1);
            assertThat(tail.awaitTexts(taken)).hasSize(taken).endsWith("m" + (taken - 1));
        }
    }

    @Test
    void oneMessageLargerThanTheWindowGetsThrough() {
        server.createTopic("t", 1);
        var unused = server.queue()
                .publish(Requests.message("t", new byte[1_000_000]).build());

        Tail tail = Tail.reading(MessageQueueServiceGrpc.newStub(smallWindow()), Requests.reader("t"));

        assertThat(tail.await(1).get(0).getPayload().size()).isEqualTo(1_000_000);
    }

    @Test
    void aThousandSubscribersThatNeverReadCostLittleAndDoNotSlowOneThatDoes() throws Exception {
        int slowOnes = 1000;
        // With the client's half of each call, which runs here too and holds a whole window.
        int bytesMaxEach = 256 << 10;
        server.createTopic("t", 1);
        server.fill("t", 2000, MESSAGE_BYTES);
        long before = usedBytes();
        List<ManagedChannel> connections = new ArrayList<>();
        for (int i = 0; i < slowOnes / 50; i++) {
            connections.add(smallWindow());
        }
        for (int i = 0; i < slowOnes; i++) {
            Tail.notReading(
                    MessageQueueServiceGrpc.newStub(connections.get(i % connections.size())), Requests.reader("t"));
        }
        await().until(() -> server.broker().status().subscriptions() == slowOnes);

        Tail fast = server.subscribe(Requests.reader("t"));
        fast.await(2000);
        server.publish("t", "live");
        fast.await(2001);
        awaitNothingMoreIsSent();

        assertThat(usedBytes() - before).isLessThan((long) slowOnes * bytesMaxEach);
        assertThat(sentMessages() - 2001).isLessThan(slowOnes * SENT_UNREAD_MAX);
    }

    private long sentMessages() {
        return server.broker()
                .status()
                .figures()
                .of(server.broker().topics().describe("t").topic())
                .deliveredMessages();
    }

    private void awaitNothingMoreIsSent() {
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            long now = sentMessages();
            boolean isStill = now > 0 && now == last[0];
            last[0] = now;
            return isStill;
        });
    }

    /** Live objects, and the buffers that Netty has taken outside the heap. */
    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + PlatformDependent.usedDirectMemory();
    }
}
