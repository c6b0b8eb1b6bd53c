package io.mq.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.batch.Seeds;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandCodecTest {

    private static final PartitionId PARTITION = new PartitionId(7, 2);
    private static final Instant TIME = Instant.ofEpochMilli(1_767_225_600_123L);
    private static final TopicConfig FULL_CONFIG = new TopicConfig(
            Optional.of(Duration.ofDays(7)), OptionalLong.of(1L << 40), OptionalInt.of(1 << 20), Optional.of(true));
    private static final TopicConfig WITHOUT_LIMITS = new TopicConfig(
            Optional.of(TopicConfig.FOREVER),
            OptionalLong.of(TopicConfig.UNLIMITED),
            OptionalInt.of(Integer.MAX_VALUE),
            Optional.of(false));

    private static Stream<Command<?>> commands() {
        return Stream.of(
                new CommitOffsetCommand("group", PARTITION, 42, "note", TIME),
                new CommitOffsetCommand("g", new PartitionId(Integer.MAX_VALUE, 0), Long.MAX_VALUE, "", Instant.EPOCH),
                new CommitOffsetCommand("g", PARTITION, -1, "日本 😀 \0", Instant.ofEpochMilli(-1)),
                new CreateTopicCommand("orders", 3, TopicConfig.DEFAULTS, 4096, TIME),
                new CreateTopicCommand("x".repeat(249), 100_000, FULL_CONFIG, 1 << 30, TIME),
                new CreateTopicCommand("y", 1, WITHOUT_LIMITS, 65_536, TIME),
                new CreateTopicCommand("z", 4, FULL_CONFIG, 65_536, TIME, 3),
                new PutTopicCommand(new Topic(9, "orders", 5, WITHOUT_LIMITS, 4096, TIME, 2)),
                new PutTopicCommand(new Topic(9, "ü", 5, FULL_CONFIG, 4096, TIME, 1)),
                new AdoptProducerCommand(-1, 3, 7, TIME),
                new BarrierCommand(),
                new AlterTopicCommand(7, 0, TopicConfig.DEFAULTS),
                new AlterTopicCommand(7, 12, FULL_CONFIG),
                new DeleteTopicCommand(Integer.MAX_VALUE),
                new DeleteGroupCommand("group"),
                new AdvanceLogStartCommand(PARTITION, 1L << 50),
                new OpenProducerCommand(-1, 7, TIME),
                new OpenProducerCommand(-1, 7, TIME, OptionalInt.of(3)),
                PlacedAppendCommand.of(new AppendCommand(
                        PARTITION, Records.stamped(5, TIME.toEpochMilli(), Records.record("key", "payload")))),
                new ExpireProducersCommand(List.of(), TIME),
                new ExpireProducersCommand(List.of(1L, Long.MIN_VALUE, Long.MAX_VALUE), Instant.EPOCH),
                new SeekCommand("g", TIME, List.of()),
                new SeekCommand(
                        "gruppe 😀",
                        TIME,
                        List.of(new Target(PARTITION, 7), new Target(new PartitionId(7, 3), 1L << 60))));
    }

    private static ByteBuffer encoded(Command<?> command) {
        ByteBuffer bytes = ByteBuffer.allocate(CommandCodec.sizeOf(command)).order(ByteOrder.LITTLE_ENDIAN);
        CommandCodec.encode(command, bytes);
        assertThat(bytes.hasRemaining()).as("room left by sizeOf").isFalse();
        return bytes.flip();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandComesBackEqual(Command<?> command) {
        assertThat(CommandCodec.decode(encoded(command))).isEqualTo(command);
    }

    @Test
    void appendComesBackWithTheSameBatch() {
        RecordBatch batch = Records.stamped(5, TIME.toEpochMilli(), Records.record("key", "payload"));
        AppendCommand found = (AppendCommand) CommandCodec.decode(encoded(new AppendCommand(PARTITION, batch)));
        assertThat(found.partition()).isEqualTo(PARTITION);
        assertThat(found.batch().bytes()).isEqualTo(batch.bytes());
        assertThat(found.batch().damage()).isEmpty();
    }

    @Test
    void anyAppendComesBackWithTheSameBatch() {
        Seeds.forEach(300, random -> {
            RecordBatch batch = RecordBatch.of(List.of(Records.any(random), Records.any(random)));
            AppendCommand found = (AppendCommand) CommandCodec.decode(encoded(new AppendCommand(PARTITION, batch)));
            assertThat(found.batch().bytes()).isEqualTo(batch.bytes());
        });
    }

    /** What one version writes, all later ones read: these bytes never change. */
    @Test
    void layoutIsTheDocumentedOne() {
        assertBytes(
                new CommitOffsetCommand("g", PARTITION, 42, "n", Instant.ofEpochMilli(1)),
                "02 01000000 67 07000000 02000000 2a00000000000000 01000000 6e 0100000000000000");
        assertBytes(
                new CreateTopicCommand("t", 3, FULL_CONFIG, 4096, Instant.ofEpochMilli(2)),
                "0c 01000000 74 03000000 00840c2400000000 0000000000010000 00001000 02 00100000 0200000000000000");
        assertBytes(
                new CreateTopicCommand("t", 3, FULL_CONFIG, 4096, Instant.ofEpochMilli(2), 5),
                "0e 01000000 74 03000000 00840c2400000000 0000000000010000 00001000 02 00100000 0200000000000000 05000000");
        assertBytes(
                new PutTopicCommand(new Topic(9, "t", 3, FULL_CONFIG, 4096, Instant.ofEpochMilli(2), 5)),
                "0f 09000000 01000000 74 03000000 00840c2400000000 0000000000010000 00001000 02 00100000 0200000000000000 05000000");
        assertBytes(
                new AdoptProducerCommand(258, 3, 7, Instant.ofEpochMilli(1)),
                "10 0201000000000000 03000000 07000000 0100000000000000");
        assertBytes(new BarrierCommand(), "11");
        assertBytes(
                new AlterTopicCommand(7, 5, TopicConfig.DEFAULTS),
                "0d 07000000 05000000 0000000000000000 0000000000000000 00000000 00");
        assertBytes(
                new AlterTopicCommand(
                        7,
                        5,
                        new TopicConfig(
                                Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.of(false))),
                "0d 07000000 05000000 0000000000000000 0000000000000000 00000000 01");
        assertBytes(new DeleteTopicCommand(7), "05 07000000");
        assertBytes(new DeleteGroupCommand("g"), "06 01000000 67");
        assertBytes(
                new SeekCommand("g", Instant.ofEpochMilli(1), List.of(new Target(PARTITION, 42))),
                "08 01000000 67 0100000000000000 01000000 07000000 02000000 2a00000000000000");
        assertBytes(
                new OpenProducerCommand(258, 7, Instant.ofEpochMilli(1)),
                "09 0201000000000000 07000000 0100000000000000");
        assertBytes(
                new OpenProducerCommand(258, 7, Instant.ofEpochMilli(1), OptionalInt.of(3)),
                "12 0201000000000000 07000000 0100000000000000 03000000");
        assertBytes(
                new ExpireProducersCommand(List.of(258L), Instant.ofEpochMilli(1)),
                "0a 0100000000000000 01000000 0201000000000000");
        assertBytes(new AdvanceLogStartCommand(PARTITION, 9), "07 07000000 02000000 0900000000000000");
        ByteBuffer placed = encoded(new PlacedAppendCommand(PARTITION, ByteBuffer.allocate(RecordBatch.HEADER_BYTES)));
        assertThat(placed.slice(0, 10)).isEqualTo(ByteBuffer.wrap(new byte[] {11, 7, 0, 0, 0, 2, 0, 0, 0, 0}));
        ByteBuffer append = encoded(new AppendCommand(PARTITION, RecordBatch.of(List.of(Records.record("x")))));
        assertThat(append.slice(0, 10)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 7, 0, 0, 0, 2, 0, 0, 0, 0x0A}));
    }

    private static void assertBytes(Command<?> command, String hex) {
        assertThat(Records.content(encoded(command))).isEqualTo(bytes(hex));
    }

    /** Spaces are there for people. */
    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** Builds that did not know {@code validate_compressed} wrote these. */
    @Test
    void topicCommandsInTheirFirstLayoutAreRead() {
        TopicConfig config = new TopicConfig(
                FULL_CONFIG.retention(), FULL_CONFIG.retentionBytes(), FULL_CONFIG.messageBytesMax(), Optional.empty());
        assertReads(
                "03 01000000 74 03000000 00840c2400000000 0000000000010000 00001000 00100000 0200000000000000",
                new CreateTopicCommand("t", 3, config, 4096, Instant.ofEpochMilli(2)));
        assertReads(
                "03 01000000 74 01000000 0000000000000000 0000000000000000 00000000 00100000 0200000000000000",
                new CreateTopicCommand("t", 1, TopicConfig.DEFAULTS, 4096, Instant.ofEpochMilli(2)));
        assertReads(
                "04 07000000 05000000 00840c2400000000 0000000000010000 00001000", new AlterTopicCommand(7, 5, config));
        assertReads(
                "04 07000000 05000000 0000000000000000 0000000000000000 00000000",
                new AlterTopicCommand(7, 5, TopicConfig.DEFAULTS));
    }

    private static void assertReads(String hex, Command<?> command) {
        ByteBuffer source = ByteBuffer.wrap(bytes(hex)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(CommandCodec.decode(source)).isEqualTo(command);
        assertThat(source.hasRemaining()).as("bytes left").isFalse();
    }

    @Test
    void commandOfANewerVersionIsRefusedByItsType() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandCodec.decode(ByteBuffer.wrap(new byte[] {99})))
                .withMessage("command type 99 is unknown to this version of mq");
    }
}
