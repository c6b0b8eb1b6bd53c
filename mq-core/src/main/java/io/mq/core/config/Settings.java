package io.mq.core.config;

import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.message.Names;
import io.mq.core.message.TopicConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Every key that mq knows. The order is that of the documentation.
 */
public final class Settings {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static final Duration DAY = Duration.ofDays(1);

    public static final Setting<HostAndPort> ADDR = address(
            "mq.addr",
            "[::1]:50051",
            "Where gRPC listens. With the default, 127.0.0.1:50051 too, as far as the host has both.");

    public static final Setting<HostAndPort> HTTP_ADDR =
            address("mq.http-addr", "127.0.0.1:8080", "Where REST, metrics and health listen.");

    public static final Setting<String> NODE_ID = new Setting<>(
            "mq.node-id",
            "name",
            "",
            "1 to 63 letters, digits, '-', '_' and '.', a letter or digit first; empty for one that is made up",
            "What this node is called in its cluster; stays what it was at the node's first start in it.",
            Settings::nodeId);

    public static final Setting<Optional<HostAndPort>> CLUSTER_ADDR = new Setting<>(
            "mq.cluster.addr",
            "host:port",
            "",
            "port 1 to 65534, and the one after it is used too; empty for a node without a cluster",
            "Where the other nodes of the cluster reach this one.",
            Settings::clusterAddress);

    public static final Setting<ClusterSeeds> CLUSTER_SEEDS = new Setting<>(
            "mq.cluster.seeds",
            "host:port, … or dns:name:port",
            "",
            "addresses as in mq.cluster.addr, or one name that the DNS has all nodes' addresses for, and the port of all; empty for this node's alone",
            "Nodes by which this one finds its cluster; the same for all, and enough that one of them is always there.",
            ClusterSeeds::parse);

    public static final Setting<Integer> CLUSTER_SHARDS = new Setting<>(
            "mq.cluster.shards",
            "number",
            "1",
            "1 to 64",
            "Over how many logs the cluster spreads its topics' partitions, each led by a node; the same for all nodes, and for good once the cluster is formed. Topics that are there before stay in the first.",
            Parsers.integer(1, 64));

    public static final Setting<Integer> CLUSTER_REPLICATION_FACTOR = new Setting<>(
            "mq.cluster.replication-factor",
            "odd number",
            "3",
            "1, 3 or 5",
            "How many nodes' replicas of a shard vote: a majority of them has what is acknowledged. Further nodes keep replicas that nobody waits for, and take the place of a voter that is gone for 30 s. The same for all nodes.",
            Parsers.oneOf(1, 3, 5));

    public static final Setting<Optional<Integer>> CLUSTER_SIZE = new Setting<>(
            "mq.cluster.size",
            "number",
            "",
            "1 to 15",
            "How many nodes without data form a new cluster: by default as many as mq.cluster.seeds lists, to be given where that is a dns:name. Of no matter once there is one.",
            text -> text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Parsers.integer(1, 15).apply(text)));

    public static final Setting<Optional<Path>> CLUSTER_STACK = file(
            "mq.cluster.stack",
            "readable XML file of JGroups 5; empty for the one that comes with mq",
            "The protocols by which nodes find and watch each other, in place of server-config/jgroups/mq-tcp.xml.");

    public static final Setting<Optional<Path>> CLUSTER_TLS_KEYSTORE = file(
            "mq.cluster.tls.keystore",
            "readable PKCS12 file; empty for no TLS between nodes",
            "The node's private key and certificate, by which the other nodes know it. The certificate names the host of mq.cluster.addr.");

    public static final Setting<Optional<Path>> CLUSTER_TLS_KEYSTORE_PASSWORD_FILE = file(
            "mq.cluster.tls.keystore-password-file",
            "readable file with the password and nothing else; goes with mq.cluster.tls.keystore",
            "Where the password of the keystore is read.");

    public static final Setting<Optional<Path>> CLUSTER_TLS_TRUSTSTORE = file(
            "mq.cluster.tls.truststore",
            "readable PKCS12 file; goes with mq.cluster.tls.keystore",
            "The certificate of the authority that signs the nodes' certificates: whoever has one of those is a node.");

    public static final Setting<Optional<Path>> CLUSTER_TLS_TRUSTSTORE_PASSWORD_FILE = file(
            "mq.cluster.tls.truststore-password-file",
            "readable file with the password and nothing else; empty for that of the keystore",
            "Where the password of the truststore is read.");

    public static final Setting<Duration> CLUSTER_ELECTION_TIMEOUT = duration(
            "mq.cluster.election-timeout",
            "500ms",
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            "How long a node waits for its leader at least, and twice as long at most, before it stands for election.");

    public static final Setting<Long> CLUSTER_SNAPSHOT_BYTES_PER_SECOND = bytes(
            "mq.cluster.snapshot-bytes-per-second",
            "100MiB",
            MIB,
            10 * GIB,
            "How fast a node that was away for long, or begins with an empty directory, takes over what the others have: the slower, the less producers and consumers notice meanwhile.");

    public static final Setting<Path> DATA_DIR = new Setting<>(
            "mq.data-dir",
            "path",
            "data/mq",
            "writable directory, for one process",
            "Where everything is stored; relative paths start at the working directory.",
            Path::of);

    public static final Setting<String> CONFIG = new Setting<>(
            "mq.config",
            "path",
            "",
            "readable file; empty for none",
            "A file with more of these keys, as properties; cannot be set in such a file.",
            Function.identity());

    public static final Setting<String> LOG_LEVEL = new Setting<>(
            "mq.log-level",
            "name",
            "info",
            "error, warning, info, debug",
            "The least important messages of mq that are shown.",
            Settings::logLevel);

    public static final Setting<Long> JOURNAL_FILE_BYTES =
            bytes("mq.journal.file-bytes", "64MiB", MIB, GIB, "Size of each preallocated journal file.");

    public static final Setting<Long> SEGMENT_BYTES = bytes(
            "mq.storage.segment-bytes",
            "64MiB",
            64 * KIB,
            GIB,
            "Size at which a partition's log starts a new segment; fixed for a topic when it is created. Retention works on whole segments.");

    public static final Setting<Long> FREE_BYTES_MIN = bytes(
            "mq.storage.free-bytes-min",
            "512MiB",
            0,
            1024 * GIB,
            "With less free disk than this, publishing is refused (DISK_FULL) until there is more; consuming goes on.");

    public static final Setting<Integer> OPEN_FILES_MAX = integer(
            "mq.storage.open-files-max", "4000", 16, 1_000_000, "Segment and index files kept open at the most.");

    public static final Setting<Long> SCRUB_BYTES_PER_SECOND = bytes(
            "mq.storage.scrub-bytes-per-second",
            "4MiB",
            0,
            GIB,
            "How fast stored messages are re-read and checked in the background; 0 switches it off.");

    public static final Setting<Duration> CHECKPOINT_INTERVAL = duration(
            "mq.checkpoint.interval",
            "10s",
            Duration.ofMillis(100),
            Duration.ofHours(1),
            "Longest time between two checkpoints while something changes.");

    public static final Setting<Long> CHECKPOINT_JOURNAL_BYTES = bytes(
            "mq.checkpoint.journal-bytes",
            "256MiB",
            MIB,
            16 * GIB,
            "Journal bytes after which a checkpoint is taken early; bounds what a restart has to replay.");

    public static final Setting<Duration> RETENTION = new Setting<>(
            "mq.topic.retention",
            "duration or 'forever'",
            Parsers.FOREVER,
            "at least 1s",
            "How long messages are kept, where the topic does not say.",
            Parsers.durationOrForever(Duration.ofSeconds(1), TopicConfig.FOREVER));

    public static final Setting<Long> RETENTION_BYTES = new Setting<>(
            "mq.topic.retention-bytes",
            "bytes or 'unlimited'",
            Parsers.UNLIMITED,
            "at least 1",
            "How much each partition keeps, where the topic does not say.",
            Parsers.bytesOrUnlimited(1));

    public static final Setting<Duration> RETENTION_INTERVAL = duration(
            "mq.retention.interval",
            "30s",
            Duration.ofMillis(100),
            DAY,
            "How often it is looked for messages that need not be kept.");

    public static final Setting<Duration> STALL_TIMEOUT = duration(
            "mq.delivery.stall-timeout",
            "5m",
            Duration.ofMillis(100),
            DAY,
            "How long a group member may leave messages waiting before others get its partitions.");

    public static final Setting<Duration> RELEASE_TIMEOUT = duration(
            "mq.delivery.release-timeout",
            "30s",
            Duration.ofMillis(100),
            DAY,
            "How long a consumer (Consume) may take to be through with a partition that goes to another one.");

    public static final Setting<Duration> HEARTBEAT_INTERVAL = duration(
            "mq.grpc.heartbeat-interval",
            "15s",
            Duration.ofMillis(100),
            DAY,
            "How often a consumer (Consume) hears from the server when there is nothing else to send.");

    public static final Setting<Integer> DELIVERY_THREADS =
            integer("mq.delivery.threads", "4", 1, 256, "Threads that read stored messages for subscribers.");

    public static final Setting<Long> TAIL_BYTES_MAX = bytes(
            "mq.delivery.tail-bytes-max",
            "1MiB",
            0,
            GIB,
            "How much of the newest messages is kept in memory for consumers that are at the end.");

    public static final Setting<Long> MESSAGE_BYTES_MAX = bytes(
            "mq.limits.message-bytes-max",
            "8MiB",
            1,
            128 * MIB,
            "Largest message (key, payload and headers) where the topic does not say, and the most a topic may say.");

    public static final Setting<Long> HEADER_BYTES_MAX = bytes(
            "mq.limits.header-bytes-max", "64KiB", 0, 16 * MIB, "All headers of a message together, names and values.");

    public static final Setting<Integer> HEADERS_MAX =
            integer("mq.limits.headers-max", "1000", 0, 100_000, "Headers of one message.");

    public static final Setting<Long> KEY_BYTES_MAX =
            bytes("mq.limits.key-bytes-max", "64KiB", 0, 16 * MIB, "The key of a message.");

    public static final Setting<Integer> NAME_CHARS_MAX = integer(
            "mq.limits.name-chars-max", "249", 1, Names.CHARS_MAX, "Names of topics, consumer groups and consumers.");

    public static final Setting<Integer> METADATA_CHARS_MAX = integer(
            "mq.limits.metadata-chars-max", "4096", 0, 1_000_000, "The note that comes with a committed offset.");

    public static final Setting<Integer> TOPICS_MAX =
            integer("mq.limits.topics-max", "10000", 1, 1_000_000, "Topics in all.");

    public static final Setting<Integer> TOPIC_PARTITIONS_MAX =
            integer("mq.limits.topic-partitions-max", "1000", 1, 100_000, "Partitions of one topic.");

    public static final Setting<Integer> PARTITIONS_MAX =
            integer("mq.limits.partitions-max", "20000", 1, 1_000_000, "Partitions of all topics together.");

    public static final Setting<Integer> GROUPS_MAX =
            integer("mq.limits.groups-max", "10000", 1, 1_000_000, "Consumer groups in all.");

    public static final Setting<Integer> GROUP_MEMBERS_MAX =
            integer("mq.limits.group-members-max", "1000", 1, 100_000, "Members of one group in one topic.");

    public static final Setting<Integer> PRODUCERS_MAX = integer(
            "mq.limits.producers-max", "100000", 1, 10_000_000, "Producers with an id that are remembered in all.");

    public static final Setting<Integer> PRODUCER_PARTITIONS_MAX = integer(
            "mq.limits.producer-partitions-max",
            "200000",
            1,
            10_000_000,
            "Pairs of such a producer and a partition that it has written to, in all.");

    public static final Setting<Duration> PRODUCER_EXPIRATION = duration(
            "mq.producers.expiration",
            "7d",
            Duration.ofSeconds(1),
            Duration.ofDays(3650),
            "A producer with an id that has published nothing for so long is forgotten.");

    public static final Setting<Integer> SUBSCRIPTIONS_MAX =
            integer("mq.limits.subscriptions-max", "10000", 1, 1_000_000, "Open subscriptions in all.");

    public static final Setting<Long> IN_FLIGHT_BYTES_MAX = bytes(
            "mq.limits.in-flight-bytes-max",
            "64MiB",
            MIB,
            4 * GIB,
            "Bytes of all calls together that may wait for the disk before calls are refused (BROKER_BUSY).");

    public static final Setting<Integer> GRPC_CONNECTIONS_MAX =
            integer("mq.grpc.connections-max", "10000", 1, 1_000_000, "Open gRPC connections in all.");

    public static final Setting<Integer> GRPC_CALLS_MAX = integer(
            "mq.grpc.calls-per-connection-max", "1000", 1, 1_000_000, "Open calls (streams) of one connection.");

    public static final Setting<Integer> GRPC_RESETS_MAX = integer(
            "mq.grpc.resets-per-connection-max",
            "2000",
            1,
            1_000_000,
            "Calls that one connection may reset within 10 s before it is closed (HTTP/2 rapid reset).");

    /** Its least is grpc-java's, which silently takes anything below for it. */
    public static final Setting<Duration> GRPC_KEEPALIVE_TIME = duration(
            "mq.grpc.keepalive-time",
            "10s",
            Duration.ofSeconds(10),
            DAY,
            "After this silence the server asks a client whether it is still there.");

    public static final Setting<Duration> GRPC_KEEPALIVE_TIMEOUT = duration(
            "mq.grpc.keepalive-timeout",
            "5s",
            Duration.ofMillis(100),
            DAY,
            "A client that has not answered by then is dead, and its partitions go to others.");

    public static final Setting<Duration> SHUTDOWN_GRACE = duration(
            "mq.shutdown-grace",
            "5s",
            Duration.ZERO,
            Duration.ofSeconds(8),
            "How long calls in flight may take to finish after SIGTERM.");

    private static final List<Setting<?>> ALL = List.of(
            ADDR,
            HTTP_ADDR,
            NODE_ID,
            CLUSTER_ADDR,
            CLUSTER_SEEDS,
            CLUSTER_SIZE,
            CLUSTER_SHARDS,
            CLUSTER_REPLICATION_FACTOR,
            CLUSTER_STACK,
            CLUSTER_TLS_KEYSTORE,
            CLUSTER_TLS_KEYSTORE_PASSWORD_FILE,
            CLUSTER_TLS_TRUSTSTORE,
            CLUSTER_TLS_TRUSTSTORE_PASSWORD_FILE,
            CLUSTER_ELECTION_TIMEOUT,
            CLUSTER_SNAPSHOT_BYTES_PER_SECOND,
            DATA_DIR,
            CONFIG,
            LOG_LEVEL,
            SHUTDOWN_GRACE,
            JOURNAL_FILE_BYTES,
            SEGMENT_BYTES,
            FREE_BYTES_MIN,
            OPEN_FILES_MAX,
            SCRUB_BYTES_PER_SECOND,
            CHECKPOINT_INTERVAL,
            CHECKPOINT_JOURNAL_BYTES,
            RETENTION,
            RETENTION_BYTES,
            RETENTION_INTERVAL,
            STALL_TIMEOUT,
            RELEASE_TIMEOUT,
            DELIVERY_THREADS,
            TAIL_BYTES_MAX,
            MESSAGE_BYTES_MAX,
            HEADER_BYTES_MAX,
            HEADERS_MAX,
            KEY_BYTES_MAX,
            NAME_CHARS_MAX,
            METADATA_CHARS_MAX,
            TOPICS_MAX,
            TOPIC_PARTITIONS_MAX,
            PARTITIONS_MAX,
            GROUPS_MAX,
            GROUP_MEMBERS_MAX,
            PRODUCERS_MAX,
            PRODUCER_PARTITIONS_MAX,
            PRODUCER_EXPIRATION,
            SUBSCRIPTIONS_MAX,
            IN_FLIGHT_BYTES_MAX,
            GRPC_CONNECTIONS_MAX,
            GRPC_CALLS_MAX,
            GRPC_RESETS_MAX,
            HEARTBEAT_INTERVAL,
            GRPC_KEEPALIVE_TIME,
            GRPC_KEEPALIVE_TIMEOUT);

    private Settings() {}

    public static List<Setting<?>> all() {
        return ALL;
    }

    private static Setting<HostAndPort> address(String key, String defaultText, String meaning) {
        return new Setting<>(
                key,
                "host:port",
                defaultText,
                "port 0 to 65535; 0 takes any free one",
                meaning,
                SocketAddresses::parse);
    }

    private static Setting<Optional<Path>> file(String key, String bounds, String meaning) {
        return new Setting<>(
                key,
                "path",
                "",
                bounds,
                meaning,
                text -> text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text)));
    }

    private static Setting<Integer> integer(String key, String defaultText, int min, int max, String meaning) {
        return new Setting<>(key, "number", defaultText, min + " to " + max, meaning, Parsers.integer(min, max));
    }

    private static Setting<Long> bytes(String key, String defaultText, long min, long max, String meaning) {
        return new Setting<>(
                key, "bytes", defaultText, shown(min) + " to " + shown(max), meaning, Parsers.bytes(min, max));
    }

    private static Setting<Duration> duration(
            String key, String defaultText, Duration min, Duration max, String meaning) {
        return new Setting<>(
                key,
                "duration",
                defaultText,
                DurationText.format(min) + " to " + DurationText.format(max),
                meaning,
                Parsers.duration(min, max));
    }

    private static String shown(long bytes) {
        if (bytes >= GIB && bytes % GIB == 0) {
            return bytes / GIB + "GiB";
        }
        if (bytes >= MIB && bytes % MIB == 0) {
            return bytes / MIB + "MiB";
        }
        return bytes >= KIB && bytes % KIB == 0 ? bytes / KIB + "KiB" : Long.toString(bytes);
    }

    private static String nodeId(String text) {
        Parsers.require(text.isEmpty() || text.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}"), "is no such name");
        return text;
    }

    private static Optional<HostAndPort> clusterAddress(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(ClusterSeeds.node(text));
    }

    private static String logLevel(String text) {
        Parsers.require(List.of("error", "warning", "info", "debug").contains(text), "is not one of these");
        return text;
    }
}
