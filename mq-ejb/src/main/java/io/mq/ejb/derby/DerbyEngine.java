package io.mq.ejb.derby;

import java.nio.file.Path;
import java.util.Properties;

/** Settings of Derby's engine, which it takes from system properties before its first database is opened. */
final class DerbyEngine {

    /** 4 KiB each. What a checkpoint touches is written once and not read again before the next start. */
    private static final int PAGE_CACHE_PAGES = 200;

    private DerbyEngine() {}

    /** @param directory where Derby writes its log, which it would put into the working directory otherwise */
    static void configure(Path directory) {
        Properties system = System.getProperties();
        system.putIfAbsent(
                "derby.stream.error.file", directory.resolve("derby.log").toString());
        system.putIfAbsent("derby.storage.pageCacheSize", Integer.toString(PAGE_CACHE_PAGES));
    }
}
