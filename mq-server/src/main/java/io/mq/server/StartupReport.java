package io.mq.server;

import java.util.Optional;

/** Reads what the application tells of its start. The application's class of the same name says how it is written. */
final class StartupReport {

    private static final String PREFIX = "io.mq.startup.";

    private StartupReport() {}

    static void requireNoFailure() throws StartupFailedException {
        String failure = System.getProperty(PREFIX + "failure");
        if (failure != null) {
            int space = failure.indexOf(' ');
            throw new StartupFailedException(
                    Integer.parseInt(failure.substring(0, space)), failure.substring(space + 1));
        }
    }

    static Optional<String> find(String fact) {
        return Optional.ofNullable(System.getProperty(PREFIX + fact));
    }
}
