package io.mq.ejb.derby;

import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Properties;

/** Settings of Derby's engine, which it takes from system properties before its first database is opened. */
public final class DerbyEngine {

    private static final Logger LOG = System.getLogger("org.apache.derby");

    /** 4 KiB each. What a checkpoint touches is written once and not read again before the next start. */
    private static final int PAGE_CACHE_PAGES = 200;

    private DerbyEngine() {}

    static void configure() {
        Properties system = System.getProperties();
        system.putIfAbsent("derby.stream.error.method", DerbyEngine.class.getName() + ".log");
        system.putIfAbsent("derby.storage.pageCacheSize", Integer.toString(PAGE_CACHE_PAGES));
        // Nobody but this process ever connects.
        system.putIfAbsent("derby.drda.startNetworkServer", "false");
    }

    /** Called by Derby, which would otherwise write a file derby.log into the working directory. */
    public static Writer log() {
        return new Writer() {
            @Override
            public void write(char[] text, int offset, int length) {
                String line = new String(text, offset, length).strip();
                if (!line.isEmpty()) {
                    LOG.log(Level.DEBUG, line);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
