package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mq.core.cluster.KnownLeadership;
import io.mq.core.delivery.Delivery;
import io.mq.core.delivery.MessageSubscriber;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.TopicConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only a node that leads has subscribers. */
class LeadingTest {

    private final KnownLeadership leadership = new KnownLeadership();
    private BrokerFixture fixture;

    private static final class Ending implements MessageSubscriber {

        private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
        private volatile BrokerException end;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            deliveries.add(delivery);
        }

        @Override
        public void end(BrokerException reason) {
            end = reason;
        }
    }

    @BeforeEach
    void start(@TempDir Path directory) {
        leadership.update(true, Optional.empty());
        fixture = new BrokerFixture(directory.resolve("data")).ledBy(leadership);
        fixture.start().topics().create("t", 1, TopicConfig.DEFAULTS).join();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private Ending join() {
        Ending subscriber = new Ending();
        var unused = fixture.join("g", "c", "t", subscriber);
        return subscriber;
    }

    @Test
    void subscriptionsEndAndGroupsAreEmptyWhereTheNodeLeadsNoMore() {
        Ending subscriber = join();

        leadership.update(false, Optional.empty());

        await().until(() -> subscriber.end != null);
        assertThat(subscriber.end.reason()).isEqualTo(Reason.NOT_LEADER);
        assertThat(subscriber.end.retryAfter()).isPresent();
        await().until(() -> fixture.broker().status().subscriptions() == 0);
        assertThat(fixture.broker().groups().names()).isEmpty();
        assertThat(fixture.broker().status().health().isReady()).isTrue();
    }

    @Test
    void subscriptionsAreRefusedUntilItLeadsAgain() {
        leadership.update(false, Optional.empty());
        assertThatThrownBy(this::join)
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_LEADER));

        leadership.update(true, Optional.empty());

        Ending subscriber = join();
        fixture.publish("t", "m");
        await().until(() -> subscriber.deliveries.size() == 1);
    }
}
