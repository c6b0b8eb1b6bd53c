package io.mq.ejb.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.blocks.MessageDispatcher;
import org.jgroups.blocks.RequestHandler;
import org.jgroups.blocks.RequestOptions;
import org.jgroups.blocks.Response;
import org.jgroups.blocks.ResponseMode;

/**
 * The other nodes, found and watched by JGroups. Each tells each what it is when they meet, and when that changes. A
 * request begins with a byte that says whether it is that or for the node; an answer with one that says whether it is an
 * error's text.
 */
final class JGroupsPeers implements Peers {

    private static final Logger LOG = System.getLogger(JGroupsPeers.class.getName());

    private static final String CLUSTER = "mq";

    private static final byte INTRODUCTION = 1;
    private static final byte REQUEST = 2;

    private static final byte ANSWER = 1;
    private static final byte ERROR = 2;

    private static final int ANSWERING_THREADS = 4;
    private static final int ANSWERS_WAITING_MAX = 1000;
    private static final Duration INTRODUCTION_TIMEOUT = Duration.ofSeconds(2);
    private static final long STOP_SECONDS = 2;

    private final Handler handler;
    private final JChannel channel;
    private final MessageDispatcher dispatcher;

    /** Answers wait for the disk and for other nodes, which the threads of JGroups must not. */
    private final ThreadPoolExecutor answering;

    private final Map<Address, NodeInfo> known = new ConcurrentHashMap<>();
    private volatile NodeInfo self;
    private volatile List<Address> view = List.of();

    private JGroupsPeers(JChannel channel, NodeInfo self, Handler handler) {
        this.channel = channel;
        this.self = self;
        this.handler = handler;
        this.answering = new ThreadPoolExecutor(
                ANSWERING_THREADS,
                ANSWERING_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(ANSWERS_WAITING_MAX),
                ClusterThreads.named("mq-cluster-answers"));
        answering.allowCoreThreadTimeOut(true);
        this.dispatcher = new MessageDispatcher(channel, new Incoming());
        dispatcher.asyncDispatching(true).setReceiver(new Views());
    }

    /** Returns when this node is in a view, be it alone: within a second or two where nobody answers. */
    static Peers connect(ClusterConfig config, NodeInfo self, Handler handler) throws IOException {
        try (InputStream stack = ChannelStack.of(config)) {
            JChannel channel = new JChannel(stack).setName(self.nodeId());
            JGroupsPeers peers = new JGroupsPeers(channel, self, handler);
            try {
                channel.connect(CLUSTER);
                return peers;
            } catch (Exception e) {
                peers.close();
                throw e;
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private final class Views implements Receiver {

        @Override
        public void viewAccepted(View next) {
            view = next.getMembers();
            known.keySet().retainAll(view);
            LOG.log(Level.INFO, "Nodes that are there: {0}", next);
            handler.changed();
            runLater(() -> introduceTo(view));
        }
    }

    private void introduceTo(List<Address> members) {
        byte[] introduction = framed(INTRODUCTION, NodeRequest.bytes(self::encode));
        for (Address member : members) {
            if (!member.equals(channel.getAddress())) {
                var unused = send(member, introduction, INTRODUCTION_TIMEOUT).whenComplete((answer, failure) -> {
                    if (failure == null) {
                        met(member, answer);
                    } else {
                        LOG.log(Level.DEBUG, "{0} does not say who it is: {1}", member, failure);
                    }
                });
            }
        }
    }

    private void met(Address member, byte[] introduction) {
        try {
            NodeInfo info = NodeInfo.decode(NodeRequest.input(introduction));
            if (!info.equals(known.put(member, info))) {
                handler.changed();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} says what this version does not understand; update the older node", member);
        }
    }

    private final class Incoming implements RequestHandler {

        @Override
        public Object handle(Message request) {
            throw new UnsupportedOperationException("answers are not given at once");
        }

        @Override
        public void handle(Message request, Response response) {
            Address from = request.getSrc();
            byte[] bytes = Arrays.copyOfRange(
                    request.getArray(), request.getOffset(), request.getOffset() + request.getLength());
            if (!runLater(() -> response.send(answer(from, bytes), false))) {
                response.send(error("the node has too much to answer"), false);
            }
        }
    }

    private boolean runLater(Runnable task) {
        try {
            answering.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private byte[] answer(Address from, byte[] bytes) {
        try {
            byte[] content = Arrays.copyOfRange(bytes, 1, bytes.length);
            if (bytes[0] == INTRODUCTION) {
                met(from, content);
                return framed(ANSWER, NodeRequest.bytes(self::encode));
            }
            return framed(ANSWER, handler.answer(content));
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "A request of another node failed", e);
            return error(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static byte[] error(String text) {
        return framed(ERROR, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] framed(byte kind, byte[] content) {
        byte[] framed = new byte[1 + content.length];
        framed[0] = kind;
        System.arraycopy(content, 0, framed, 1, content.length);
        return framed;
    }

    @Override
    public List<NodeInfo> present() {
        List<NodeInfo> present = new ArrayList<>();
        for (Address member : view) {
            NodeInfo info = member.equals(channel.getAddress()) ? self : known.get(member);
            if (info != null) {
                present.add(info);
            }
        }
        return present;
    }

    @Override
    public void announce(NodeInfo info) {
        self = info;
        introduceTo(view);
        handler.changed();
    }

    @Override
    public CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
        for (Address member : view) {
            if (member.equals(channel.getAddress()) && self.nodeId().equals(nodeId)) {
                return CompletableFuture.supplyAsync(() -> answer(member, framed(REQUEST, request)), answering)
                        .thenCompose(JGroupsPeers::unframed);
            }
            NodeInfo info = known.get(member);
            if (info != null && info.nodeId().equals(nodeId)) {
                return send(member, framed(REQUEST, request), timeout);
            }
        }
        return CompletableFuture.failedFuture(new IOException("node '%s' is not there".formatted(nodeId)));
    }

    private CompletableFuture<byte[]> send(Address member, byte[] framed, Duration timeout) {
        try {
            RequestOptions options = new RequestOptions(ResponseMode.GET_FIRST, timeout.toMillis());
            return dispatcher
                    .<byte[]>sendMessageWithFuture(new BytesMessage(member, framed), options)
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .thenCompose(JGroupsPeers::unframed);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletableFuture<byte[]> unframed(byte[] answer) {
        if (answer == null || answer.length == 0) {
            return CompletableFuture.failedFuture(new IOException("the node is gone"));
        }
        byte[] content = Arrays.copyOfRange(answer, 1, answer.length);
        return answer[0] == ANSWER
                ? CompletableFuture.completedFuture(content)
                : CompletableFuture.failedFuture(new IOException(new String(content, StandardCharsets.UTF_8)));
    }

    @Override
    public void close() throws IOException {
        channel.close();
        dispatcher.close();
        ClusterThreads.stop(answering, STOP_SECONDS);
    }
}
