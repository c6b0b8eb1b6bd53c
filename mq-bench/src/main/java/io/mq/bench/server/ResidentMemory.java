package io.mq.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resident memory of a process of this machine, as Linux tells it. Elsewhere, and once the process is gone, nothing
 * is known.
 *
 * @param directory of the process in {@code /proc}
 */
public record ResidentMemory(Path directory) {

    /** To be written to {@code clear_refs}: the peak is what is resident now. Linux 4.0 and newer know it. */
    private static final String RESET_PEAK = "5";

    private static final long KIB = 1024;

    public static ResidentMemory of(long pid) {
        return new ResidentMemory(Path.of("/proc", Long.toString(pid)));
    }

    public OptionalLong bytes() {
        return field("VmRSS");
    }

    /** The most it ever was, or since {@link #resetPeak}; the system may be short of it by a few hundred pages. */
    public OptionalLong peakBytes() {
        return field("VmHWM");
    }

    /** Forgets the peak, where the system lets this process do so. */
    public void resetPeak() {
        try {
            Files.writeString(directory.resolve("clear_refs"), RESET_PEAK);
        } catch (IOException e) {
            // The peak is then that of a longer time.
        }
    }

    private OptionalLong field(String name) {
        try {
            Matcher field = Pattern.compile("^%s:\\s*(\\d+) kB$".formatted(name), Pattern.MULTILINE)
                    .matcher(Files.readString(directory.resolve("status")));
            return field.find() ? OptionalLong.of(Long.parseLong(field.group(1)) * KIB) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
