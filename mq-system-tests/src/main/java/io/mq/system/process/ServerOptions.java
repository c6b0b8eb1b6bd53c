package io.mq.system.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How to start a server.
 *
 * @param jar the runnable jar
 * @param directory its working directory, with the data below it
 * @param settings configuration keys and their values
 * @param arguments command line options
 */
public record ServerOptions(Path jar, Path directory, Map<String, String> settings, List<String> arguments) {

    private static final String JAR_PROPERTY = "mq.system.server-jar";

    /** The default memory of {@code ./mq server}; the first compiler alone starts faster, and speed is not at stake here. */
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** A server on free ports with its data in {@code directory}. */
    public static ServerOptions in(Path directory) {
        String jar = System.getProperty(JAR_PROPERTY);
        if (jar == null) {
            throw new IllegalStateException("-D%s=FILE must name the server's jar".formatted(JAR_PROPERTY));
        }
        return new ServerOptions(
                Path.of(jar).toAbsolutePath(),
                directory.toAbsolutePath(),
                Map.of(),
                List.of("--addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--data-dir", "data"));
    }

    public ServerOptions with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(key, value);
        return new ServerOptions(jar, directory, more, arguments);
    }

    public ServerOptions withArguments(String... replacing) {
        return new ServerOptions(jar, directory, settings, List.of(replacing));
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(JVM);
        settings.forEach((key, value) -> command.add("-D%s=%s".formatted(key, value)));
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        return command;
    }
}
