package io.mq.bench.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class JcmdTest {

    private final Jcmd jcmd = Jcmd.find().orElseThrow();

    @Test
    void garbageOfAnotherProcessIsCollectedWhenItReturns() throws IOException {
        long before = collections();

        jcmd.collectGarbage(ProcessHandle.current().pid());

        assertThat(collections()).isGreaterThan(before);
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    @Test
    void aProcessThatIsNotThereIsAFailure() {
        assertThatIOException()
                .isThrownBy(() -> jcmd.collectGarbage(Integer.MAX_VALUE))
                .withMessageContaining("GC.run failed");
    }
}
