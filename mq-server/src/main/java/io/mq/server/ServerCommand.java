package io.mq.server;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that starts a node. Its options are system properties by other names. */
@Command(
        name = "mq server",
        description = "Starts an mq node, with everything in it.",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Every other setting is a key mq.… of docs/reference/configuration.md: in the file of --config, in the environment (MQ_LOG_LEVEL=debug) or as a Java system property (-Dmq.log-level=debug).",
            "",
            "Exit status: 0 stopped as asked, 1 internal error, 2 bad option or setting, 3 data directory in use, 4 data directory unusable, 5 data of a newer mq, 6 damaged data, 7 address not available, 8 disk full."
        },
        versionProvider = ServerCommand.Version.class,
        subcommands = {ClusterCommand.class, InspectCommand.class},
        commandListHeading = "%nOther commands:%n",
        sortOptions = false)
public final class ServerCommand implements Callable<Integer> {

    @Option(
            names = "--addr",
            paramLabel = "HOST:PORT",
            description = "Where gRPC listens. Default: [::1]:50051, and 127.0.0.1:50051 too.")
    private String addr;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where everything is stored. Default: data/mq.")
    private String dataDir;

    @Option(
            names = "--http-addr",
            paramLabel = "HOST:PORT",
            description = "Where REST, metrics and health listen. Default: 127.0.0.1:8080.")
    private String httpAddr;

    @Option(names = "--node-id", paramLabel = "NAME", description = "What this node is called in its cluster.")
    private String nodeId;

    @Option(
            names = "--cluster-addr",
            paramLabel = "HOST:PORT",
            description = "Where the other nodes of its cluster reach this one; the port behind it is used, too."
                    + " Default: none, and no cluster.")
    private String clusterAddr;

    @Option(
            names = "--cluster-seeds",
            paramLabel = "HOST:PORT,…",
            description = "Cluster addresses of nodes by which this one finds its cluster, the same for all; or"
                    + " dns:NAME:PORT, where the DNS has the addresses of all nodes for that name.")
    private String clusterSeeds;

    @Option(
            names = "--cluster-size",
            paramLabel = "NUMBER",
            description =
                    "How many nodes form a new cluster; needed with dns:NAME:PORT. Default: as many as are listed.")
    private String clusterSize;

    @Option(
            names = "--cluster-shards",
            paramLabel = "NUMBER",
            description =
                    "Over how many logs the cluster spreads its topics' partitions, the same for all nodes and for"
                            + " good. Default: 1.")
    private String clusterShards;

    @Option(
            names = "--cluster-replication-factor",
            paramLabel = "NUMBER",
            description =
                    "How many nodes vote on what is acknowledged, 1, 3 or 5; further ones only follow. Default: 3.")
    private String clusterReplicationFactor;

    @Option(names = "--config", paramLabel = "FILE", description = "A file of settings, as Java properties.")
    private String config;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean isVersionWanted;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new ServerCommand()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        set("mq.addr", addr);
        set("mq.data-dir", dataDir);
        set("mq.http-addr", httpAddr);
        set("mq.config", config);
        set("mq.node-id", nodeId);
        set("mq.cluster.addr", clusterAddr);
        set("mq.cluster.seeds", clusterSeeds);
        set("mq.cluster.size", clusterSize);
        set("mq.cluster.shards", clusterShards);
        set("mq.cluster.replication-factor", clusterReplicationFactor);
        // The application server would switch IPv6 off for the whole process.
        setDefault("java.net.preferIPv4Stack", "false");
        // Netty takes a stack trace for every hundredth buffer or so, to find leaks of the one who wrote the program.
        setDefault("io.netty.leakDetection.level", "disabled");
        // Before the application is there, it is neither started nor ready.
        setDefault("mp.health.default.readiness.empty.response", "DOWN");
        setDefault("mp.health.default.startup.empty.response", "DOWN");
        try {
            new Node(Checks.run(), ownOutput()).run();
            return 0;
        } catch (StartupFailedException e) {
            System.err.println("mq: " + e.getMessage());
            System.err.flush();
            // Without the application server's own farewell, so that this is the last line, and where people look.
            Runtime.getRuntime().halt(e.exitStatus());
            return e.exitStatus();
        }
    }

    /** What the application server prints goes to the error output; this one is for people and scripts. */
    private static PrintStream ownOutput() {
        PrintStream out = System.out;
        System.setOut(System.err);
        return out;
    }

    private static void set(String key, String value) {
        if (value != null) {
            System.setProperty(key, value);
        }
    }

    private static void setDefault(String key, String value) {
        System.getProperties().putIfAbsent(key, value);
    }

    /** Tells the versions of everything that matters. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "mq %s (Java %s, %s %s)"
                        .formatted(
                                mq(),
                                System.getProperty("java.version"),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"))
            };
        }

        static String mq() {
            String version = ServerCommand.class.getPackage().getImplementationVersion();
            return version == null ? "(unpackaged)" : version;
        }
    }
}
