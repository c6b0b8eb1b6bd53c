package io.mq.system.cluster;

import io.mq.system.process.AtExit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Each node in a network namespace of its own, joined by a bridge on which the clients are, too. Needs Linux, root and the
 * program {@code ip}. All names carry this process's id.
 *
 * <p>What is to be lost is sent to a hardware address that nobody has. So nobody is told, as when a cable is cut: a route
 * that refuses would let the sender know at once.
 */
public final class NamespaceNetwork implements Network {

    private static final String NOBODY = "02:00:00:00:00:01";
    private static final int BRIDGE_HOST = 254;

    /** The first two of three numbers of the subnet come from the process's id, for runs side by side. */
    private static final int SECOND_NUMBER_FROM = 64;

    /** Less than a loaded leader sends, so that its queue is full most of the time. */
    private static final String SLOW = "tbf rate 4mbit burst 32kb latency 400ms";

    private final long pid = ProcessHandle.current().pid();
    private final String subnet = "10.%d.%d".formatted(SECOND_NUMBER_FROM + pid / 256 % 64, pid % 256);
    private final String bridge = "mqb" + pid;
    private final int nodes;
    private final AtExit cleanup = AtExit.run("network-cleanup", this::takeAway);

    /** How to undo what was done, the latest last. */
    private final List<String> undo = new ArrayList<>();

    private boolean canSlow;

    private NamespaceNetwork(int nodes) {
        this.nodes = nodes;
    }

    /** Whether this process may make namespaces. */
    public static boolean isPossible() {
        String trial = "mq-trial-" + ProcessHandle.current().pid();
        return Programs.tryRun("ip netns add " + trial) && Programs.tryRun("ip netns del " + trial);
    }

    /** @throws IOException where something of it cannot be made; nothing is left then */
    public static NamespaceNetwork open(int nodes) throws IOException {
        NamespaceNetwork network = new NamespaceNetwork(nodes);
        try {
            network.create();
        } catch (IOException e) {
            network.close();
            throw e;
        }
        return network;
    }

    private void create() throws IOException {
        Programs.run("ip link add %s type bridge".formatted(bridge));
        Programs.run("ip addr add %s.%d/24 dev %s".formatted(subnet, BRIDGE_HOST, bridge));
        Programs.run("ip link set %s up".formatted(bridge));
        for (int node = 0; node < nodes; node++) {
            String namespace = namespace(node);
            Programs.run("ip netns add " + namespace);
            Programs.run("ip link add %s type veth peer name eth0 netns %s".formatted(cable(node), namespace));
            Programs.run("ip link set %s master %s up".formatted(cable(node), bridge));
            Programs.run("ip -n %s addr add %s/24 dev eth0".formatted(namespace, host(node)));
            Programs.run("ip -n %s link set lo up".formatted(namespace));
            Programs.run("ip -n %s link set eth0 up".formatted(namespace));
        }
        canSlow = Programs.tryRun("tc -n %s qdisc add dev eth0 root %s".formatted(namespace(0), SLOW))
                && Programs.tryRun("tc -n %s qdisc del dev eth0 root".formatted(namespace(0)));
    }

    private String namespace(int node) {
        return "mq-%d-n%d".formatted(pid, node + 1);
    }

    /** The end of a node's cable that is in the bridge. */
    private String cable(int node) {
        return "mqv%dn%d".formatted(pid, node + 1);
    }

    @Override
    public String host(int node) {
        return "%s.%d".formatted(subnet, node + 1);
    }

    @Override
    public List<String> enter(int node) {
        return List.of("ip", "netns", "exec", namespace(node));
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public boolean canSlow() {
        return canSlow;
    }

    @Override
    public void drop(int from, int to) throws IOException {
        String neighbour = "ip -n %s neigh %%s %s dev eth0".formatted(namespace(from), host(to));
        undo.add(neighbour.formatted("del"));
        Programs.run(neighbour.formatted("replace") + " lladdr " + NOBODY + " nud permanent");
    }

    @Override
    public void isolate(int node) throws IOException {
        undo.add("ip link set %s master %s".formatted(cable(node), bridge));
        Programs.run("ip link set %s nomaster".formatted(cable(node)));
    }

    @Override
    public void slow(int node) throws IOException {
        undo.add("tc -n %s qdisc del dev eth0 root".formatted(namespace(node)));
        Programs.run("tc -n %s qdisc add dev eth0 root %s".formatted(namespace(node), SLOW));
    }

    @Override
    public void mend() throws IOException {
        while (!undo.isEmpty()) {
            Programs.run(undo.remove(undo.size() - 1));
        }
    }

    @Override
    public void close() {
        takeAway();
        cleanup.close();
    }

    /** May be called when parts of it are there, or none. */
    private void takeAway() {
        for (int node = 0; node < nodes; node++) {
            Programs.tryRun("ip link del " + cable(node));
            Programs.tryRun("ip netns del " + namespace(node));
        }
        Programs.tryRun("ip link del " + bridge);
    }
}
