package io.mq.system.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Record;
import io.mq.core.broker.Broker;
import io.mq.core.broker.Fetched;
import io.mq.core.broker.PublishRequest;
import io.mq.core.broker.Published;
import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.message.TopicConfig;
import io.mq.ejb.startup.BrokerBean;
import jakarta.ejb.EJB;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that run in the web application, beside the beans of mq, with the broker injected. */
@ExtendWith(ArquillianExtension.class)
class InsideTheServerIT {

    @EJB(lookup = "java:app/mq-ejb/BrokerBean")
    private BrokerBean bean;

    @Inject
    private Broker broker;

    @Inject
    private Configuration configuration;

    @Deployment
    static EnterpriseArchive deployment() {
        return TestEar.with(InsideTheServerIT.class);
    }

    @Test
    void theBrokerIsInjectedAsItselfAndNotAsAProxy() {
        assertThat(broker.getClass()).isEqualTo(Broker.class);
        assertThat(bean.broker()).isSameAs(broker);
    }

    @Test
    void anApplicationPublishesAndReadsWithoutASocket() throws Exception {
        broker.topics().create("inside", 1, TopicConfig.DEFAULTS).get(10, TimeUnit.SECONDS);
        Record message =
                new Record(Optional.empty(), ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)), List.of());

        Published published = broker.publisher()
                .publish(new PublishRequest("inside", OptionalInt.empty(), message, false, Optional.empty()))
                .get(10, TimeUnit.SECONDS);

        Fetched fetched = broker.reader()
                .fetch("inside", 0, published.offset(), 10, 1 << 20, Duration.ZERO)
                .get(10, TimeUnit.SECONDS);
        assertThat(fetched.messages()).hasSize(1);
        assertThat(fetched.messages().get(0).record()).isEqualTo(message);
    }

    @Test
    void theConfigurationIsTheOneThatTheServerWasStartedWith() {
        assertThat(configuration.isGiven(Settings.DATA_DIR)).isTrue();
        assertThat(configuration.isGiven(Settings.RETENTION)).isFalse();
    }

    @Test
    void theBrokerIsHealthy() {
        assertThat(broker.status().health().isReady()).isTrue();
        assertThat(broker.status().health().problems()).isEmpty();
    }
}
