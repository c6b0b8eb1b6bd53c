package io.mq.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ResidentMemoryTest {

    /** The kernel counts pages per processor, and looks at what they add up to when it tells, but not for the peak. */
    private static final long PAGES_NOT_YET_IN_THE_PEAK = 4 << 20;

    @TempDir
    private Path proc;

    @Test
    void kilobytesOfTheKernelAre1024Bytes() throws IOException {
        Files.writeString(proc.resolve("status"), """
                Name:\tjava
                VmPeak:\t 9000000 kB
                VmHWM:\t  420000 kB
                VmRSS:\t    1000 kB
                RssAnon:\t     900 kB
                """);
        ResidentMemory memory = new ResidentMemory(proc);

        assertThat(memory.bytes()).hasValue(1_024_000);
        assertThat(memory.peakBytes()).hasValue(430_080_000);
    }

    @Test
    void whatTheSystemDoesNotTellIsAbsent() throws IOException {
        assertThat(new ResidentMemory(proc.resolve("gone")).peakBytes()).isEmpty();

        Files.writeString(proc.resolve("status"), "Name:\tkthread\n");
        assertThat(new ResidentMemory(proc).bytes()).isEmpty();
    }

    @Test
    void aPeakThatCannotBeResetIsNoFailure() {
        new ResidentMemory(proc.resolve("gone")).resetPeak();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessHasAPeakAboutAsHighAsWhatItHasNowOrHigher() {
        ResidentMemory memory = ResidentMemory.of(ProcessHandle.current().pid());

        long now = memory.bytes().orElseThrow();
        assertThat(now).isPositive();
        assertThat(memory.peakBytes().orElseThrow()).isGreaterThan(now - PAGES_NOT_YET_IN_THE_PEAK);
    }
}
