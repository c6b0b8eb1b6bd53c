package io.mq.core.config;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The file of more settings that {@link Settings#CONFIG} names: properties, in UTF-8. */
public final class ConfigFile {

    private ConfigFile() {}

    /**
     * Reads the file that the process's system properties or environment name.
     *
     * @return empty where they name none
     * @throws StartupException where the file cannot be read
     */
    public static Map<String, String> load() {
        Optional<String> named =
                ProcessSource.find(Settings.CONFIG.key()).map(String::strip).filter(name -> !name.isEmpty());
        return named.isEmpty() ? Map.of() : load(Path.of(named.get()));
    }

    private static Map<String, String> load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "cannot read the configuration file %s: %s; give a readable file of lines such as mq.addr=[::1]:50051"
                            .formatted(file, e),
                    e);
        }
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }
}
