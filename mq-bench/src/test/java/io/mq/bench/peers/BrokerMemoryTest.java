package io.mq.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.server.ResidentMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerMemoryTest {

    @TempDir
    private Path directory;

    @Test
    void allProcessesAreAddedUp() throws IOException {
        BrokerMemory memory = new BrokerMemory(List.of(process("1", 100), process("2", 30), process("3", 7)));

        assertThat(memory.peakBytes()).hasValue(137 * 1024);
    }

    @Test
    void withOneThatIsGoneNothingIsKnown() throws IOException {
        BrokerMemory memory = new BrokerMemory(List.of(process("1", 100), new ResidentMemory(directory.resolve("2"))));

        assertThat(memory.peakBytes()).isEmpty();
    }

    private ResidentMemory process(String pid, int kib) throws IOException {
        Path own = Files.createDirectory(directory.resolve(pid));
        Files.writeString(own.resolve("status"), "VmHWM:\t%d kB\n".formatted(kib));
        return new ResidentMemory(own);
    }
}
