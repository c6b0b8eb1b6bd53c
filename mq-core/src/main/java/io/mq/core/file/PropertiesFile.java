package io.mq.core.file;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;

/** A small file of keys and values that is read as a whole. */
public final class PropertiesFile {

    private PropertiesFile() {}

    /** @throws IllegalArgumentException where it holds something else */
    public static Properties read(Disk disk, Path path) throws IOException {
        Properties properties = new Properties();
        try (DiskFile file = disk.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.readFully(content, 0);
            properties.load(new StringReader(
                    StandardCharsets.UTF_8.decode(content.flip()).toString()));
        }
        return properties;
    }
}
