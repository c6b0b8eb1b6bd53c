package io.mq.core.config;

import io.mq.core.error.StartupException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where settings come from in a process without MicroProfile Config: system properties, then the environment, then the
 * file. The order, and the names in the environment, are MicroProfile Config's.
 */
public final class ProcessSource {

    private ProcessSource() {}

    /** @throws StartupException naming every key that is unknown or has a bad value, or the file that is not readable */
    public static Configuration read() {
        Map<String, String> file = ConfigFile.load();
        Set<String> names = new HashSet<>(System.getProperties().stringPropertyNames());
        names.addAll(file.keySet());
        return Configuration.read(names, key -> find(key).or(() -> Optional.ofNullable(file.get(key))));
    }

    /** The value that a system property or the environment gives a key. Source: MicroProfile Config 3.1, section 5.3.1. */
    static Optional<String> find(String key) {
        String underscored = key.replaceAll("[^A-Za-z0-9]", "_");
        return Optional.ofNullable(System.getProperty(key))
                .or(() -> Optional.ofNullable(System.getenv(key)))
                .or(() -> Optional.ofNullable(System.getenv(underscored)))
                .or(() -> Optional.ofNullable(System.getenv(underscored.toUpperCase(Locale.ROOT))));
    }
}
