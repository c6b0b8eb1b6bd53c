package io.mq.server;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs the application's own checks before the application server boots. They run in a class loader that goes away
 * again: on the launcher's class path, these classes would come before those of the application itself.
 */
final class Checks {

    private static final String PREFLIGHT = "io.mq.core.broker.Preflight";

    /** Where the assembly puts them in the jar. */
    private static final String CLASSES = "mq/core/";

    private Checks() {}

    /**
     * @return the settings that the launcher needs, by key
     * @throws StartupFailedException naming the first obstacle
     */
    static Map<String, String> run() throws StartupFailedException {
        URL classes = Checks.class.getClassLoader().getResource(CLASSES);
        if (classes == null) {
            throw new StartupFailedException(
                    StartupFailedException.INTERNAL, "this is not the jar that the build of mq makes; run ./mq server");
        }
        Map<String, String> resolved = new HashMap<>();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {URI.create(classes.toString()).toURL()})) {
            Object answer = loader.loadClass(PREFLIGHT).getMethod("report").invoke(null);
            ((Map<?, ?>) answer).forEach((key, value) -> resolved.put((String) key, (String) value));
        } catch (IOException | ReflectiveOperationException e) {
            throw new StartupFailedException(
                    StartupFailedException.INTERNAL, "the checks before the start failed: " + e);
        }
        StartupReport.requireNoFailure();
        return resolved;
    }
}
