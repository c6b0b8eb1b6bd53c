package io.mq.core.error;

/**
 * Tells whoever started this process how the start went. It goes through system properties, because a launcher outside
 * the application server and the application inside it share no classes but the JDK's.
 *
 * <p>{@code io.mq.startup.failure} holds an exit status, a space and a sentence; any other {@code io.mq.startup.…} is a
 * fact about the started node, to be shown to people.
 */
public final class StartupReport {

    private static final String PREFIX = "io.mq.startup.";

    private StartupReport() {}

    /** The first failure is the cause of all others, so later ones are not reported. */
    public static void failed(StartupException e) {
        System.getProperties().putIfAbsent(PREFIX + "failure", e.failure().exitStatus() + " " + e.getMessage());
    }

    public static void started(String fact, String value) {
        System.setProperty(PREFIX + fact, value);
    }
}
