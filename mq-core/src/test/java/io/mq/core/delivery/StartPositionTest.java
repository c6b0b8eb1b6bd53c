package io.mq.core.delivery;

import static io.mq.core.storage.LogFixture.TIME;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.delivery.StartPosition.AtOffset;
import io.mq.core.delivery.StartPosition.AtTime;
import io.mq.core.storage.LogFixture;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log with offsets 5 to 40, one millisecond apart. */
class StartPositionTest {

    private SegmentLog log;

    @BeforeEach
    void writeLog() throws IOException {
        log = LogFixture.create().append(40).log();
        log.advanceStart(5);
    }

    private long at(Instant time) throws IOException {
        return new AtTime(time).resolve(log);
    }

    @Test
    void earliestIsTheOldestMessageThatIsKept() throws IOException {
        assertThat(StartPosition.EARLIEST.resolve(log)).isEqualTo(5);
    }

    @Test
    void latestIsTheNextMessageThatArrives() throws IOException {
        assertThat(StartPosition.LATEST.resolve(log)).isEqualTo(40);
    }

    @Test
    void offsetIsTakenWithinTheLog() throws IOException {
        assertThat(new AtOffset(17).resolve(log)).isEqualTo(17);
        assertThat(new AtOffset(3).resolve(log)).isEqualTo(5);
        assertThat(new AtOffset(-1).resolve(log)).isEqualTo(5);
        assertThat(new AtOffset(1000).resolve(log)).isEqualTo(40);
    }

    @Test
    void timeIsThatOfTheFirstMessageThenOrLater() throws IOException {
        assertThat(at(Instant.ofEpochMilli(TIME + 17))).isEqualTo(17);
        assertThat(at(Instant.ofEpochMilli(TIME + 17).plusNanos(1))).isEqualTo(17);
        assertThat(at(Instant.EPOCH)).isEqualTo(5);
        assertThat(at(Instant.ofEpochMilli(TIME + 1000))).isEqualTo(40);
    }
}
