package io.mq.ejb.cluster;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;

/**
 * The other nodes, found and watched by JGroups. Each tells each what it is when they meet, and when that changes. A
 * request begins with a byte that says whether it is that or for the node.
 *
 * <p>Of two nodes of one name, the one goes that came later; for the others it is not there.
 */
final class JGroupsPeers implements Peers {

    private static final Logger LOG = System.getLogger(JGroupsPeers.class.getName());

    private static final String CLUSTER = "mq";

    private static final byte INTRODUCTION = 1;
    private static final byte REQUEST = 2;

    private static final int ANSWERING_THREADS = 4;
    private static final int ANSWERS_WAITING_MAX = 1000;
    private static final Duration INTRODUCTION_TIMEOUT = Duration.ofSeconds(2);
    private static final long STOP_SECONDS = 2;

    /** A leader that has not answered by then is not one any more. */
    private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(15);

    private final Handler handler;
    private final JChannel channel;
    private final ChannelCalls calls;

    /** Answers wait for the disk and for other nodes, which the threads of JGroups must not. */
    private final ExecutorService answering;

    private final Map<Address, NodeInfo> known = new ConcurrentHashMap<>();

    /** By the node's name: where those were that went out of view last. They may be there all the same. */
    private final Map<String, Address> lost = new ConcurrentHashMap<>();

    /** Why this node has to go; null where it may stay. */
    private final AtomicReference<String> refusal = new AtomicReference<>();

    private volatile NodeInfo self;
    private volatile List<Address> view = List.of();
    private volatile boolean isConnected;

    private JGroupsPeers(JChannel channel, NodeInfo self, Handler handler) {
        this.channel = channel;
        this.self = self;
        this.handler = handler;
        this.answering = ClusterThreads.few("mq-cluster-answers", ANSWERING_THREADS, ANSWERS_WAITING_MAX);
        this.calls = new ChannelCalls(
                channel, answering, this::answer, (from, proposal, answer) -> handler.proposed(proposal, answer));
        channel.setReceiver(new Incoming());
    }

    /** Returns when this node is in a view, be it alone: within a second or two where nobody answers. */
    static Peers connect(ClusterConfig config, NodeInfo self, Handler handler) throws IOException {
        WireMessages.restrict();
        JGroupsPeers peers = new JGroupsPeers(ChannelStack.channel(config).setName(self.nodeId()), self, handler);
        try {
            peers.channel.connect(CLUSTER);
            peers.requireOwnName();
            return peers;
        } catch (IOException | RuntimeException e) {
            peers.close();
            throw e;
        } catch (Exception e) {
            peers.close();
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Waits until all others have said who they are, or are taken for dead. */
    private void requireOwnName() {
        introduceTo(view).join();
        isConnected = true;
        if (refusal.get() != null) {
            throw new StartupException(StartupFailure.BAD_CONFIGURATION, refusal.get());
        }
    }

    private final class Incoming implements Receiver {

        @Override
        public void viewAccepted(View next) {
            view = next.getMembers();
            known.forEach((member, info) -> {
                if (!view.contains(member)) {
                    lost.put(info.nodeId(), member);
                }
            });
            known.keySet().retainAll(view);
            calls.retain(view);
            LOG.log(Level.INFO, "Nodes that are there: {0}", next);
            handler.changed();
            try {
                answering.execute(() -> {
                    var unused = introduceTo(view);
                });
            } catch (RejectedExecutionException e) {
                LOG.log(Level.WARNING, "This node has too much to answer to say who it is", e);
            }
        }

        @Override
        public void receive(Message message) {
            calls.received(message);
        }
    }

    /** Completes when all have answered, or have not in time. */
    private CompletableFuture<Void> introduceTo(List<Address> members) {
        byte[] introduction = framed(INTRODUCTION, NodeRequest.bytes(self::encode));
        return CompletableFuture.allOf(members.stream()
                .filter(member -> !member.equals(channel.getAddress()))
                .map(member -> calls.call(member, introduction, INTRODUCTION_TIMEOUT)
                        .handle((answer, failure) -> {
                            if (failure == null) {
                                met(member, answer);
                            } else {
                                LOG.log(Level.DEBUG, "{0} does not say who it is: {1}", member, failure);
                            }
                            return null;
                        }))
                .toArray(CompletableFuture[]::new));
    }

    private void met(Address member, byte[] introduction) {
        try {
            NodeInfo info = NodeInfo.decode(NodeRequest.input(introduction));
            if (info.nodeId().equals(self.nodeId()) && isBefore(member, info, channel.getAddress(), self)) {
                giveWay(info);
            } else if (!info.equals(known.put(member, info))) {
                handler.changed();
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "{0} says what this version does not understand; update the older node", member);
        }
    }

    /** Whether a node keeps a name that another one has too: one that is in a cluster does, else the one in view first. */
    private boolean isBefore(Address member, NodeInfo info, Address other, NodeInfo otherInfo) {
        if (info.cluster().isPresent() != otherInfo.cluster().isPresent()) {
            return info.cluster().isPresent();
        }
        return position(member) < position(other);
    }

    /** A node that is not in the view of this one yet comes last. */
    private int position(Address member) {
        int position = view.indexOf(member);
        return position < 0 ? Integer.MAX_VALUE : position;
    }

    private void giveWay(NodeInfo other) {
        String reason =
                "a node called '%s' is there already, at %s; give each node a --node-id of its own, or stop that one first"
                        .formatted(other.nodeId(), other.clusterAddress());
        if (refusal.compareAndSet(null, reason) && isConnected) {
            handler.refused(reason);
        }
    }

    private byte[] answer(Address from, byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            throw new IOException("the request is empty");
        }
        byte[] content = Arrays.copyOfRange(bytes, 1, bytes.length);
        if (bytes[0] == INTRODUCTION) {
            met(from, content);
            return NodeRequest.bytes(self::encode);
        }
        return handler.answer(content);
    }

    private static byte[] framed(byte kind, byte[] content) {
        byte[] framed = new byte[1 + content.length];
        framed[0] = kind;
        System.arraycopy(content, 0, framed, 1, content.length);
        return framed;
    }

    /** By the node's name, in the view's order. */
    private Map<String, Address> members() {
        Map<String, Address> members = new LinkedHashMap<>();
        for (Address member : view) {
            NodeInfo info = info(member);
            if (info != null) {
                members.merge(
                        info.nodeId(),
                        member,
                        (earlier, later) -> isBefore(later, info, earlier, info(earlier)) ? later : earlier);
            }
        }
        return members;
    }

    /** Null where it has not said yet who it is. */
    private NodeInfo info(Address member) {
        return member.equals(channel.getAddress()) ? self : known.get(member);
    }

    @Override
    public List<NodeInfo> present() {
        return members().values().stream()
                .map(this::info)
                .filter(info -> info != null)
                .toList();
    }

    @Override
    public int unknown() {
        return (int) view.stream().filter(member -> info(member) == null).count();
    }

    @Override
    public void announce(NodeInfo info) {
        self = info;
        var unused = introduceTo(view);
        handler.changed();
    }

    @Override
    public CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
        Address member = members().get(nodeId);
        if (member == null) {
            return CompletableFuture.failedFuture(new IOException("node '%s' is not there".formatted(nodeId)));
        }
        if (member.equals(channel.getAddress())) {
            return ClusterThreads.call(
                    answering, () -> handler.answer(request), () -> new IOException("the node has too much to answer"));
        }
        return calls.call(member, framed(REQUEST, request), timeout);
    }

    @Override
    public CompletableFuture<byte[]> propose(String nodeId, byte[] proposal) {
        Address member = members().getOrDefault(nodeId, lost.get(nodeId));
        return member == null
                ? CompletableFuture.failedFuture(new IOException("node '%s' is not there".formatted(nodeId)))
                : calls.callInTurn(member, proposal, PROPOSAL_TIMEOUT);
    }

    @Override
    public void close() {
        channel.close();
        ClusterThreads.stop(answering, STOP_SECONDS);
    }
}
