package io.mq.core.storage;

import static io.mq.core.storage.LogFixture.TIME;
import static io.mq.core.storage.LogFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments of 16 records each, one millisecond apart: what may be given up. */
class RetentionTest {

    private static final int SEGMENT_RECORDS = 16;
    private static final int RECORDS = 40;

    private LogFixture fixture;
    private SegmentLog log;

    @BeforeEach
    void writeLog() throws IOException {
        fixture = LogFixture.create().append(RECORDS);
        log = fixture.log();
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(TIME + millis);
    }

    private long newStart(Duration age, long bytes, Instant now) throws IOException {
        return Retention.newStart(log, age, bytes, now);
    }

    @Test
    void everythingStaysWithoutALimit() throws IOException {
        assertThat(newStart(
                        TopicConfig.FOREVER,
                        TopicConfig.UNLIMITED,
                        at(Duration.ofDays(100_000).toMillis())))
                .isZero();
    }

    @Test
    void nothingIsGivenUpAsLongAsItsSegmentHasARecordOfAllowedAge() throws IOException {
        Duration age = Duration.ofSeconds(1);
        long lastOfFirst = SEGMENT_RECORDS;
        assertThat(newStart(age, TopicConfig.UNLIMITED, at(lastOfFirst + 1000))).isZero();
        assertThat(newStart(age, TopicConfig.UNLIMITED, at(lastOfFirst + 1001))).isEqualTo(SEGMENT_RECORDS);
    }

    @Test
    void lastSegmentGoesTooWhenItsYoungestRecordIsTooOld() throws IOException {
        Duration age = Duration.ofSeconds(1);
        assertThat(newStart(age, TopicConfig.UNLIMITED, at(RECORDS - 1 + 1000))).isEqualTo(2 * SEGMENT_RECORDS);
        assertThat(newStart(age, TopicConfig.UNLIMITED, at(RECORDS - 1 + 1001))).isEqualTo(RECORDS);
    }

    @Test
    void bytesKeptAreAtLeastWhatIsAskedAndLessThanASegmentMore() throws IOException {
        for (int bytes = 1; bytes <= RECORDS * 128; bytes += 50) {
            long start = newStart(TopicConfig.FOREVER, bytes, at(0));
            long kept = (RECORDS - start) * 128;
            assertThat(kept).as("bytes kept of %d asked for", bytes).isGreaterThanOrEqualTo(bytes);
            assertThat(start % SEGMENT_RECORDS).as("start in a segment").isZero();
            assertThat(kept).isLessThan(bytes + LogFixture.SEGMENT_BYTES);
        }
    }

    @Test
    void whicheverLimitIsReachedFirstCounts() throws IOException {
        Duration age = Duration.ofSeconds(1);
        Instant firstIsOld = at(SEGMENT_RECORDS + 1001);
        assertThat(newStart(age, 9 * 128, firstIsOld)).isEqualTo(SEGMENT_RECORDS);
        assertThat(newStart(age, 8 * 128, firstIsOld)).isEqualTo(2 * SEGMENT_RECORDS);
        assertThat(newStart(TopicConfig.FOREVER, 8 * 128, firstIsOld)).isEqualTo(2 * SEGMENT_RECORDS);
    }

    @Test
    void clockThatGoesBackKeepsMoreNotLess() throws IOException {
        LogFixture single = LogFixture.create().append(5);
        single.append(TIME - 100_000, "from the past");
        single.log().flush();
        assertThat(Retention.newStart(single.log(), Duration.ofSeconds(1), TopicConfig.UNLIMITED, at(10)))
                .isZero();
    }

    @Test
    void nowBeforeAllRecordsGivesNothingUp() throws IOException {
        assertThat(newStart(Duration.ofMillis(1), TopicConfig.UNLIMITED, at(-1_000_000)))
                .isZero();
    }

    /** Files go with a later checkpoint; until then, retention comes by again. */
    @Test
    void whatIsGivenUpAndStillOnDiskDoesNotCount() throws Exception {
        for (int repetition = 0; repetition < 5; repetition++) {
            log.advanceStart(newStart(TopicConfig.FOREVER, 20 * 128, at(0)));
        }
        assertThat(fixture.files(".log")).hasSize(3);
        assertThat(fixture.payloads()).isEqualTo(expected(SEGMENT_RECORDS, RECORDS));
    }

    @Test
    void whatIsGivenUpIsGoneFromDiskAndTheRestIsRead() throws Exception {
        log.checkpointed(fixture.forced());
        log.advanceStart(newStart(TopicConfig.FOREVER, 8 * 128, at(0)));
        log.deleteObsolete();
        assertThat(fixture.files(".log"))
                .as("while the checkpoint has the old start")
                .hasSize(3);
        log.checkpointed(fixture.forced());
        log.deleteObsolete();
        assertThat(fixture.files(".log")).hasSize(1);
        assertThat(log.sizeInBytes()).isEqualTo(8 * 128);
        assertThat(fixture.payloads()).isEqualTo(expected(2 * SEGMENT_RECORDS, RECORDS));
    }

    @Test
    void repeatedRetentionOfAGrowingLogAlwaysKeepsWhatIsAsked() {
        Seeds.forEach(20, random -> {
            LogFixture growing = LogFixture.create();
            long bytes = 128L * (1 + random.nextInt(40));
            for (int i = 0; i < 30; i++) {
                growing.append(random.nextInt(20));
                long before = growing.log().end() * 128;
                long start = Retention.newStart(growing.log(), TopicConfig.FOREVER, bytes, Instant.EPOCH);
                growing.log().advanceStart(start);
                assertThat(before - start * 128).isGreaterThanOrEqualTo(Math.min(bytes, before));
                growing.log().checkpointed(growing.forced());
                growing.log().deleteObsolete();
                assertThat(growing.log().sizeInBytes()).isLessThan(bytes + 2 * LogFixture.SEGMENT_BYTES);
                assertThat(growing.payloads())
                        .isEqualTo(expected((int) start, (int) growing.log().end()));
            }
        });
    }
}
