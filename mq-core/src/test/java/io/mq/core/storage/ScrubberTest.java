package io.mq.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.WatchedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScrubberTest {

    private static final int RECORDS = 40;
    private static final int BYTES = RECORDS * 128;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final WatchedDisk watched = new WatchedDisk(disk);
    private final List<IOException> damage = new ArrayList<>();
    private LogFixture fixture;
    private Scrubber scrubber;

    @BeforeEach
    void writeLog() throws IOException {
        fixture = LogFixture.open(disk, watched, LogState.NEW).append(RECORDS);
        scrubber = new Scrubber(() -> List.of(fixture.log()), damage::add);
    }

    private void scrubAll() {
        long before = scrubber.passes();
        while (scrubber.passes() == before) {
            scrubber.advance(1000);
        }
    }

    @Test
    void soundLogIsReadToItsEndWithoutAReport() throws IOException {
        AtomicLong read = new AtomicLong();
        watched.setWatcher((file, bytesMax) -> read.addAndGet(bytesMax));
        scrubAll();
        assertThat(damage).isEmpty();
        assertThat(read.get()).isGreaterThanOrEqualTo(BYTES);
    }

    /** Larger than what is read at a time, in batches of all sizes, so that many begin in one piece and end in the next. */
    @Test
    void soundLargeSegmentIsReadWithoutAReport() throws IOException {
        SimulatedDisk large = new SimulatedDisk();
        LogFixture log = LogFixture.open(large, large, 4 << 20, LogState.NEW);
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            log.append(LogFixture.TIME, "x".repeat(random.nextInt(i % 100 == 0 ? 150_000 : 2000)));
        }
        log.log().flush();
        scrubber = new Scrubber(() -> List.of(log.log()), damage::add);
        scrubAll();
        assertThat(damage).isEmpty();
    }

    @Test
    void flippedBitAnywhereIsReportedWithItsPlace() throws IOException {
        for (Path file : fixture.files(".log")) {
            byte[] content = disk.content(file);
            for (int at = 0; at < content.length; at++) {
                byte[] damaged = content.clone();
                damaged[at] ^= (byte) (1 << at % 8);
                disk.setContent(file, damaged);
                damage.clear();
                scrubAll();
                assertThat(damage)
                        .as("reports of a bit of %s@%d flipped", file, at)
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .asString()
                        .startsWith("%s@%d: ".formatted(file, at / 128 * 128));
            }
            disk.setContent(file, content);
        }
    }

    @Test
    void damageOfSeveralSegmentsIsReportedOncePerPass() throws IOException {
        disk.flipBit(fixture.files(".log").get(0), 8 * 500);
        disk.flipBit(fixture.files(".log").get(0), 8 * 900);
        disk.flipBit(fixture.files(".log").get(2), 8 * 500);
        scrubAll();
        assertThat(damage).hasSize(2);
        scrubAll();
        assertThat(damage).hasSize(4);
    }

    @Test
    void segmentThatCannotBeReadIsReportedAndTheOthersAreChecked() throws IOException {
        Path unreadable = fixture.files(".log").get(0);
        disk.flipBit(fixture.files(".log").get(1), 8 * 500);
        watched.setWatcher((file, bytesMax) -> {
            if (file.equals(unreadable)) {
                throw new IOException(file + ": Input/output error");
            }
        });
        scrubAll();
        assertThat(damage)
                .extracting(Throwable::getMessage)
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(unreadable + ": Input/output error"),
                        second -> assertThat(second)
                                .startsWith(fixture.files(".log").get(1).toString()));
    }

    /** The budget is exceeded by one batch at the most; each batch is read twice, for its header and as a whole. */
    @Test
    void stepReadsNoMoreThanItsBudget() throws IOException {
        AtomicLong read = new AtomicLong();
        watched.setWatcher((file, bytesMax) -> read.addAndGet(bytesMax));
        int steps = 0;
        while (scrubber.passes() == 0) {
            read.set(0);
            scrubber.advance(256);
            steps++;
            assertThat(read.get()).isLessThanOrEqualTo(LogFixture.SEGMENT_BYTES + 3 * 128);
        }
        assertThat(steps).as("steps of 256 bytes").isBetween(BYTES / 256, BYTES / 256 + 5);
    }

    @Test
    void nextPassSeesWhatCameMeanwhile() throws IOException {
        scrubAll();
        fixture.append(30);
        disk.flipBit(fixture.files(".log").get(4), 8 * 100);
        scrubAll();
        assertThat(damage).hasSize(1);
    }

    @Test
    void segmentsGivenUpMeanwhileArePassedOver() throws IOException {
        scrubber.advance(1);
        fixture.log().checkpointed(fixture.forced());
        fixture.log().advanceStart(RECORDS);
        fixture.log().deleteObsolete();
        scrubAll();
        assertThat(damage).isEmpty();
    }

    @Test
    void nothingStoredIsAPassToo() throws IOException {
        Scrubber idle = new Scrubber(List::of, damage::add);
        idle.advance(1000);
        assertThat(idle.passes()).isEqualTo(1);
    }
}
