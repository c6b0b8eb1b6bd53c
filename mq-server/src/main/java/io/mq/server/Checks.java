package io.mq.server;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Runs the application's own checks before the application server boots. */
final class Checks {

    private static final String PREFLIGHT = "io.mq.core.broker.Preflight";

    private Checks() {}

    /**
     * @return the settings that the launcher needs, by key
     * @throws StartupFailedException naming the first obstacle
     */
    static Map<String, String> run() throws StartupFailedException, IOException {
        Map<String, String> resolved = new HashMap<>();
        try (CoreClasses core = CoreClasses.open()) {
            Map<?, ?> answer = (Map<?, ?>) core.call(PREFLIGHT, "report");
            answer.forEach((key, value) -> resolved.put((String) key, (String) value));
        }
        StartupReport.requireNoFailure();
        return resolved;
    }
}
