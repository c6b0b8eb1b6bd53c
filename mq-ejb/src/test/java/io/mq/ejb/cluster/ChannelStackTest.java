package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.config.SocketAddresses.HostAndPort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.protocols.UNICAST3;
import org.junit.jupiter.api.Test;

/** What the shipped stack is to do beyond what JGroups does by default. */
class ChannelStackTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static JChannel connect(HostAndPort address, List<HostAndPort> seeds) throws Exception {
        JChannel channel = ChannelStack.channel(
                new ClusterConfig("n", address, seeds, Duration.ofMillis(500), address, address, Optional.empty()));
        return channel.connect("mq");
    }

    /** Without that, the memory of a sender holds half a second of all that it sends. */
    @Test
    void whatIsSentIsAcknowledgedAtOnce() throws Exception {
        HostAndPort first = new HostAndPort("127.0.0.1", SingleReplica.freePort());
        HostAndPort second = new HostAndPort("127.0.0.1", SingleReplica.freePort());
        AtomicInteger received = new AtomicInteger();
        try (JChannel receiver = connect(first, List.of(first, second));
                JChannel sender = connect(second, List.of(first, second))) {
            receiver.setReceiver(new Receiver() {
                @Override
                public void receive(Message message) {
                    received.incrementAndGet();
                }
            });
            Address to = receiver.getAddress();
            await().atMost(SOON).until(() -> sender.getView().containsMember(to));
            UNICAST3 unicast = sender.getProtocolStack().findProtocol(UNICAST3.class);
            int unacknowledgedMax = 0;
            for (int i = 0; i < 1000; i++) {
                sender.send(new BytesMessage(to, new byte[50_000]));
                unacknowledgedMax = Math.max(unacknowledgedMax, unicast.getNumUnackedMessages());
            }
            await().atMost(SOON).until(() -> received.get() == 1000);
            // What flow control lets go at once is about 80.
            assertThat(unacknowledgedMax).isLessThan(250);
        }
    }
}
