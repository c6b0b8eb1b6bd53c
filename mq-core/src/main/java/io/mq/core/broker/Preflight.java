package io.mq.core.broker;

import io.mq.core.config.Configuration;
import io.mq.core.config.ProcessSource;
import io.mq.core.config.Setting;
import io.mq.core.config.Settings;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.error.StartupReport;
import io.mq.core.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Finds what would keep a node from starting before an application server has been booted for it. Everything is checked
 * again when the node starts; this only says so seconds earlier, and says it in one line.
 */
public final class Preflight {

    private static final int CLUSTER_PORTS = 3;

    private Preflight() {}

    /**
     * For a launcher that sees this class through a class loader of its own, and so none of its types.
     *
     * @return the resolved values of {@code mq.data-dir} and {@code mq.http-addr}; empty where something stands in the
     *     way, which {@link StartupReport} tells then
     */
    public static Map<String, String> report() {
        try {
            Configuration configuration = run();
            return Map.of(
                    Settings.DATA_DIR.key(),
                    BrokerConfig.from(configuration).dataDirectory().toString(),
                    Settings.HTTP_ADDR.key(),
                    configuration.get(Settings.HTTP_ADDR).toString());
        } catch (StartupException e) {
            StartupReport.failed(e);
            return Map.of();
        }
    }

    /** @throws StartupException for the first obstacle; nothing on disk has changed then */
    static Configuration run() {
        Configuration configuration = ProcessSource.read();
        BrokerConfig config = BrokerConfig.from(configuration);
        requireFree(configuration, Settings.ADDR, "gRPC", "--addr");
        requireFree(configuration, Settings.HTTP_ADDR, "HTTP", "--http-addr");
        requireClusterPortsFree(configuration);
        requireUsable(config.dataDirectory());
        return configuration;
    }

    /** The node listens on the port that it is given and on the two behind it. */
    private static void requireClusterPortsFree(Configuration configuration) {
        configuration.get(Settings.CLUSTER_ADDR).ifPresent(address -> {
            for (int port = address.port(); port < address.port() + CLUSTER_PORTS; port++) {
                requireFree(new HostAndPort(address.host(), port), false, "other nodes", "--cluster-addr");
            }
        });
    }

    private static void requireFree(
            Configuration configuration, Setting<HostAndPort> setting, String use, String option) {
        HostAndPort address = configuration.get(setting);
        boolean mayBeMissing = !configuration.isGiven(setting) && address.host().contains(":");
        requireFree(address, mayBeMissing, use, option);
    }

    private static void requireFree(HostAndPort address, boolean mayBeMissing, String use, String option) {
        try {
            address.requireFree();
        } catch (IOException e) {
            if (mayBeMissing && isUnassigned(e)) {
                return;
            }
            throw new StartupException(
                    StartupFailure.ADDRESS_UNAVAILABLE,
                    "cannot listen for %s on %s: %s; stop what listens there or choose another %s"
                            .formatted(use, address, e.getMessage(), option),
                    e);
        }
    }

    /** A host without IPv6 does not have the default address, and the node then listens on its IPv4 twin alone. */
    private static boolean isUnassigned(IOException e) {
        return !String.valueOf(e.getMessage()).contains("in use");
    }

    private static void requireUsable(Path root) {
        try {
            BrokerPlatform platform = BrokerPlatform.real(BrokerObserver.NONE);
            DataDirectory.open(
                            platform.disk(),
                            root,
                            platform.newNodeId(),
                            platform.clock().instant())
                    .close();
        } catch (IOException e) {
            throw new StartupException(
                    StartupFailure.DATA_DIRECTORY_UNUSABLE,
                    "cannot unlock the data directory %s: %s".formatted(root, e),
                    e);
        }
    }
}
