package io.mq.ejb.startup;

import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.broker.BrokerStatus;
import io.mq.core.broker.RecoverySummary;
import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupReport;
import io.mq.ejb.cluster.ClusterConfig;
import io.mq.ejb.cluster.ClusterIdentity;
import io.mq.ejb.cluster.ClusterNode;
import io.mq.ejb.derby.DerbyCheckpointStore;
import io.mq.ejb.upkeep.BrokerMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.inject.Produces;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Builds, hands out and closes the broker. What is injected elsewhere is the broker itself and no proxy: neither the
 * container's locks nor its transactions lie on a message's way.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class BrokerBean {

    private static final Logger LOG = System.getLogger(BrokerBean.class.getName());

    private Configuration configuration;
    private BrokerMetrics metrics;
    private Broker broker;

    /** Null in a node without a cluster. */
    private ClusterNode node;

    @PostConstruct
    void start() {
        try {
            Config config = ConfigProvider.getConfig();
            configuration = Configuration.read(config.getPropertyNames(), key -> find(config, key));
            LogLevel.set(configuration.get(Settings.LOG_LEVEL));
            metrics = new BrokerMetrics();
            broker = open(BrokerConfig.from(configuration));
            metrics.observe(broker);
        } catch (StartupException e) {
            StartupReport.failed(e);
            throw e;
        }
        report(broker.status());
    }

    private Broker open(BrokerConfig config) {
        BrokerPlatform platform = BrokerPlatform.real(metrics);
        Optional<ClusterConfig> cluster = ClusterConfig.from(configuration);
        if (cluster.isEmpty()) {
            ClusterIdentity.requireNone(platform.disk(), config.dataDirectory());
            return Broker.open(config, platform, DerbyCheckpointStore::open);
        }
        node = ClusterNode.of(cluster.get());
        return Broker.open(config, platform, DerbyCheckpointStore::open, node);
    }

    private static Optional<String> find(Config config, String key) {
        return config.getOptionalValue(key, String.class);
    }

    private static void report(BrokerStatus status) {
        RecoverySummary recovery = status.recovery();
        StartupReport.started("node", status.nodeId());
        StartupReport.started("data", status.dataDirectory().toString());
        StartupReport.started(
                "recovery",
                "%,d commands replayed from %,d bytes of journal in %d ms"
                        .formatted(recovery.commands(), recovery.bytes(), recovery.nanos() / 1_000_000));
    }

    @Produces
    public Broker broker() {
        return broker;
    }

    @Produces
    public Configuration configuration() {
        return configuration;
    }

    @Produces
    public PrometheusRegistry metricsRegistry() {
        return metrics.registry();
    }

    @PreDestroy
    void stop() {
        try {
            if (broker != null) {
                broker.close();
            }
            if (node != null) {
                node.close();
            }
        } catch (IOException e) {
            // A lifecycle method may not throw it. What was acknowledged is safe whatever failed here.
            LOG.log(Level.ERROR, "The broker did not close properly; the next start recovers", e);
        }
    }
}
