package io.mq.server;

import java.io.PrintStream;
import java.time.Duration;

/** What a started node says: where it is, and what to try next. */
final class Greeting {

    private Greeting() {}

    static void print(PrintStream out, HttpAddress http, Duration startTime) {
        String grpc = StartupReport.find("grpc").orElseThrow();
        String first = grpc.split(", ")[0];
        out.printf("mq %s is ready after %.1f s%n%n", ServerCommand.Version.mq(), startTime.toMillis() / 1000.0);
        line(out, "gRPC", grpc);
        line(out, "REST", http.url());
        line(out, "Data", StartupReport.find("data").orElse(""));
        line(out, "Node", StartupReport.find("node").orElse(""));
        line(out, "Recovery", StartupReport.find("recovery").orElse(""));
        out.printf("""

                Try it:
                  grpcurl -plaintext -d '{"name": "test-topic"}' %1$s mq.MessageQueueService/CreateTopic
                  grpcurl -plaintext -d '{"topic": "test-topic", "payload": "SGVsbG8="}' %1$s mq.MessageQueueService/Publish
                  curl '%2$s/api/v1/topics/test-topic/partitions/0/messages?encoding=utf8'

                Ctrl-C stops it.
                """, first.contains("::1") ? first.replace("[::1]", "'[::1]").concat("'") : first, http.url());
        out.flush();
    }

    private static void line(PrintStream out, String name, String value) {
        out.printf("  %-9s %s%n", name, value);
    }
}
