package io.mq.core.config;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The value of every {@link Settings setting}, checked. Immutable. */
public final class Configuration {

    /** Every key of mq starts with this; such a key that is not known is a mistake. */
    public static final String PREFIX = "mq.";

    private final Map<Setting<?>, Object> values;
    private final Set<Setting<?>> given;

    private Configuration(Map<Setting<?>, Object> values, Set<Setting<?>> given) {
        this.values = Map.copyOf(values);
        this.given = Set.copyOf(given);
    }

    /**
     * Reads all settings.
     *
     * @param names the keys that the sources mention, to find those that mq does not know; keys of others are ignored
     * @param source the text for a key
     * @throws StartupException naming every key that is unknown or has a bad value
     */
    public static Configuration read(Iterable<String> names, Function<String, Optional<String>> source) {
        List<String> complaints = unknownKeys(names);
        Map<Setting<?>, Object> values = new HashMap<>();
        Set<Setting<?>> given = new HashSet<>();
        for (Setting<?> setting : Settings.all()) {
            Optional<String> text = source.apply(setting.key());
            text.ifPresent(t -> given.add(setting));
            try {
                values.put(setting, setting.parse(text.orElse(setting.defaultText())));
            } catch (IllegalArgumentException e) {
                complaints.add("%s=%s %s (expected: %s, %s)"
                        .formatted(setting.key(), text.orElse(""), e.getMessage(), setting.type(), setting.bounds()));
            }
        }
        if (!complaints.isEmpty()) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    String.join("; ", complaints) + "; see docs/reference/configuration.md");
        }
        return new Configuration(values, given);
    }

    private static List<String> unknownKeys(Iterable<String> names) {
        Set<String> known = new HashSet<>();
        Settings.all().forEach(setting -> known.add(setting.key()));
        List<String> complaints = new ArrayList<>();
        for (String name : names) {
            if (name.startsWith(PREFIX) && !known.contains(name)) {
                complaints.add("unknown key " + name);
            }
        }
        return complaints;
    }

    @SuppressWarnings("unchecked") // Only what the setting's own parser made is stored under it.
    public <T> T get(Setting<T> setting) {
        return (T) values.get(setting);
    }

    /** Whether a source gave a value, as opposed to the default being used. */
    public boolean isGiven(Setting<?> setting) {
        return given.contains(setting);
    }
}
