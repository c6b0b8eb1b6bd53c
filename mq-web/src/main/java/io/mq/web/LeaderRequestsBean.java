package io.mq.web;

import io.mq.core.broker.Broker;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The requests that this node sends on, and the threads that take their answers. */
@ApplicationScoped
public class LeaderRequestsBean {

    @Inject
    private Broker broker;

    private ExecutorService executor;
    private LeaderRequests requests;

    @PostConstruct
    void start() {
        // As many as there are answers on their way to slow clients; requests are bounded.
        executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "mq-web-leader");
            thread.setDaemon(true);
            return thread;
        });
        requests = new LeaderRequests(
                broker.leadership(),
                broker.status().nodeId(),
                broker.status().figures().forwarded(),
                executor);
    }

    CompletionStage<LeaderRequests.Answer> send(LeaderRequests.Request request) {
        return requests.send(request);
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }
}
