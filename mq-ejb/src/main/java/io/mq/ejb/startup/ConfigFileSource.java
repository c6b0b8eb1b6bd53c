package io.mq.ejb.startup;

import io.mq.core.config.ConfigFile;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** The file that {@code mq.config} names: weaker than system properties and the environment. */
public final class ConfigFileSource implements ConfigSource {

    /** Below the environment (300), above what an application brings along (100). */
    private static final int ORDINAL = 200;

    private final Map<String, String> values = ConfigFile.load();

    @Override
    public Set<String> getPropertyNames() {
        return values.keySet();
    }

    @Override
    public String getValue(String key) {
        return values.get(key);
    }

    @Override
    public String getName() {
        return "mq.config";
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }
}
