package io.mq.system.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How to start a server.
 *
 * @param jar the runnable jar
 * @param directory its working directory, with the data below it
 * @param settings configuration keys and their values
 * @param arguments command line options
 * @param jvm options of the virtual machine
 * @param launcher words before the command, such as those that enter a network namespace; none to start it directly
 */
public record ServerOptions(
        Path jar,
        Path directory,
        Map<String, String> settings,
        List<String> arguments,
        List<String> jvm,
        List<String> launcher) {

    private static final String JAR_PROPERTY = "mq.system.server-jar";

    /** A system property with the options that {@code ./mq server} gives the virtual machine, or {@code @} and their file. */
    private static final String SHIPPED_PROPERTY = "mq.system.server-jvm";

    /** The first compiler alone starts faster, and speed is not at stake as a rule. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

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
                List.of("--addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--data-dir", "data"),
                Stream.concat(shipped().stream(), Stream.of(QUICK_START)).toList(),
                List.of());
    }

    /** With the virtual machine's options as a user has them, for figures. */
    public ServerOptions asShipped() {
        return new ServerOptions(jar, directory, settings, arguments, shipped(), launcher);
    }

    private static List<String> shipped() {
        String options = System.getProperty(SHIPPED_PROPERTY, "-Xmx256m -XX:+UseSerialGC")
                .trim();
        return options.startsWith("@") ? List.of(options) : List.of(options.split("\\s+"));
    }

    public ServerOptions with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(key, value);
        return new ServerOptions(jar, directory, more, arguments, jvm, launcher);
    }

    /** With one more option of the virtual machine. */
    ServerOptions withJvm(String option) {
        List<String> more = new ArrayList<>(jvm);
        more.add(option);
        return new ServerOptions(jar, directory, settings, arguments, more, launcher);
    }

    public ServerOptions withArguments(String... replacing) {
        return new ServerOptions(jar, directory, settings, List.of(replacing), jvm, launcher);
    }

    /** The same server with its files elsewhere. */
    public ServerOptions inDirectory(Path other) {
        return new ServerOptions(jar, other.toAbsolutePath(), settings, arguments, jvm, launcher);
    }

    /** Started by another program, which must become the server and not only start it: signals are for the server. */
    public ServerOptions launchedBy(List<String> words) {
        return new ServerOptions(jar, directory, settings, arguments, jvm, List.copyOf(words));
    }

    /** With the same gRPC port in all lives of the server, for clients that live longer. */
    public ServerOptions onOnePort() throws IOException {
        return withArguments("--addr", "127.0.0.1:" + Ports.free(), "--http-addr", "127.0.0.1:0", "--data-dir", "data");
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    List<String> command() {
        List<String> command = new ArrayList<>(launcher);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(jvm);
        settings.forEach((key, value) -> command.add("-D%s=%s".formatted(key, value)));
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        return command;
    }
}
