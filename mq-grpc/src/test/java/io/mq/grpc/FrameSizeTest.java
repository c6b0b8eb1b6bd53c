package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameSizeTest {

    private static final int MIB = 1 << 20;

    private final SendBudget budget = new SendBudget(2 * MIB);

    private static int grow(FrameSize size) {
        for (int i = 0; i < 10; i++) {
            size.sent(size.next(), true);
        }
        return size.next();
    }

    @Test
    void piecesGrowForAConsumerThatKeepsUp() {
        FrameSize size = new FrameSize(budget);
        assertThat(size.next()).isEqualTo(FrameSize.MIN);
        size.sent(FrameSize.MIN, true);
        assertThat(size.next()).isEqualTo(2 * FrameSize.MIN);
        assertThat(grow(size)).isEqualTo(FrameSize.MAX);
    }

    @Test
    void smallPiecesThatAreAllThereIsLeaveTheSizeAsItIs() {
        FrameSize size = new FrameSize(budget);
        for (int i = 0; i < 10; i++) {
            size.next();
            size.sent(100, true);
        }
        assertThat(size.next()).isEqualTo(FrameSize.MIN);
    }

    @Test
    void consumersThatDoNotReadKeepWhatTheyBorrowedAndOthersGetSmallPieces() {
        FrameSize first = new FrameSize(budget);
        FrameSize second = new FrameSize(budget);
        FrameSize third = new FrameSize(budget);
        first.sent(grow(first), false);
        second.sent(grow(second), false);
        assertThat(grow(third)).isLessThanOrEqualTo(3 * FrameSize.MIN);

        first.drained();
        assertThat(grow(third)).isGreaterThan(MIB / 2);
        second.end();
        third.end();
        first.end();
        assertThat(budget.borrow(10 * MIB)).isEqualTo(2 * MIB);
    }
}
