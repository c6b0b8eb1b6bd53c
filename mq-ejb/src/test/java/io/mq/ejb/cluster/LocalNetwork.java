package io.mq.ejb.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Nodes of one process that see each other at once; the one that has been there for longest is the first. */
final class LocalNetwork implements Peers.Connector, AutoCloseable {

    private final List<Connected> connected = new CopyOnWriteArrayList<>();

    /** Who does not see whom. */
    private final Set<List<String>> hidden = ConcurrentHashMap.newKeySet();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final class Connected implements Peers {

        private final Handler handler;
        private volatile NodeInfo self;

        Connected(NodeInfo self, Handler handler) {
            this.self = self;
            this.handler = handler;
        }

        @Override
        public List<NodeInfo> present() {
            return connected.stream()
                    .filter(each -> !hidden.contains(List.of(self.nodeId(), each.self.nodeId())))
                    .map(each -> each.self)
                    .toList();
        }

        @Override
        public int unknown() {
            return 0;
        }

        @Override
        public void announce(NodeInfo info) {
            self = info;
            tellAll();
        }

        @Override
        public CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
            return LocalNetwork.this.ask(nodeId, request, timeout);
        }

        @Override
        public CompletableFuture<byte[]> propose(String nodeId, byte[] proposal) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            connected.stream()
                    .filter(each -> each.self.nodeId().equals(nodeId))
                    .findFirst()
                    .ifPresentOrElse(
                            each -> each.handler.proposed(proposal, answer::complete),
                            () -> answer.completeExceptionally(new IOException("'%s' is not there".formatted(nodeId))));
            return answer;
        }

        @Override
        public void close() {
            connected.remove(this);
            tellAll();
        }
    }

    @Override
    public Peers connect(ClusterConfig config, NodeInfo self, Peers.Handler handler) {
        Connected peers = new Connected(self, handler);
        connected.add(peers);
        tellAll();
        return peers;
    }

    /** Has a node lose sight of another one, which sees it all the same. */
    void hide(String nodeId, String from) {
        hidden.add(List.of(from, nodeId));
        tellAll();
    }

    CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
        Optional<Connected> asked = connected.stream()
                .filter(each -> each.self.nodeId().equals(nodeId))
                .findFirst();
        if (asked.isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("node '%s' is not there".formatted(nodeId)));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                answer.complete(asked.get().handler.answer(request));
            } catch (Exception e) {
                answer.completeExceptionally(new IOException(e.getMessage(), e));
            }
        });
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tellAll() {
        connected.forEach(each -> each.handler.changed());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
