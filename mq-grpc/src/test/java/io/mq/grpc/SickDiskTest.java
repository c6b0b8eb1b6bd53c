package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients are told when the disk is damaged or nearly full. */
class SickDiskTest {

    /** What is read comes from the disk. */
    @RegisterExtension
    final ServerFixture server = ServerFixture.with("mq.delivery.tail-bytes-max=0");

    /** No disk has as much free as this asks for. */
    @RegisterExtension
    final ServerFixture full = ServerFixture.with("mq.storage.free-bytes-min=1024GiB");

    @Test
    void messageThatFailsItsChecksumIsNotDeliveredButDataLoss() throws IOException {
        server.createTopic("t", 1);
        for (String payload : new String[] {"sound", "damaged", "behind it"}) {
            server.publish("t", payload);
        }
        overwrite("damaged", "DAMAGED");

        Tail tail = server.subscribe(Requests.reader("t"));

        assertThatEnd(tail.awaitEnd()).hasCode(Code.DATA_LOSS).hasReason(Reason.CORRUPT_DATA);
        assertThat(tail.texts()).doesNotContain("DAMAGED", "damaged", "behind it");
    }

    private void overwrite(String stored, String with) throws IOException {
        Path segment;
        try (Stream<Path> files = Files.walk(server.directory().resolve("shards"))) {
            segment = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        int at = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1).indexOf(stored);
        assertThat(at).isPositive();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(at);
            file.writeBytes(with);
        }
    }

    @Test
    void publishingWithTooLittleFreeDiskIsRefusedAndEverythingElseGoesOn() {
        full.createTopic("t", 1);

        assertThatCall(() -> full.publish("t", "x"))
                .hasCode(Code.RESOURCE_EXHAUSTED)
                .hasReason(Reason.DISK_FULL)
                .saysWhenToRetry();
        assertThatCode(() -> full.queue().commitOffset(Requests.commit("t", "g", 0, 0)))
                .doesNotThrowAnyException();
        assertThat(full.subscribe(Requests.reader("t")).end()).isEmpty();
    }
}
