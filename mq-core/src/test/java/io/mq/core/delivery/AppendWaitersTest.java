package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.message.PartitionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppendWaitersTest {

    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private final AppendWaiters waiters = new AppendWaiters();
    private final List<String> woken = new ArrayList<>();

    @Test
    void waiterIsWokenOnceByItsPartition() {
        waiters.add(PARTITION, () -> woken.add("a"));
        waiters.wake(new PartitionId(1, 1));
        assertThat(woken).isEmpty();
        waiters.wake(PARTITION);
        waiters.wake(PARTITION);
        assertThat(woken).containsExactly("a");
        assertThat(waiters.partitions()).isZero();
    }

    @Test
    void allWaitersOfAPartitionAreWoken() {
        waiters.add(PARTITION, () -> woken.add("a"));
        waiters.add(PARTITION, () -> woken.add("b"));
        waiters.wake(PARTITION);
        assertThat(woken).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void waiterThatWasRemovedIsNotWokenAndLeavesNothingBehind() {
        Runnable waiter = () -> woken.add("a");
        waiters.add(PARTITION, waiter);
        waiters.remove(PARTITION, waiter);
        waiters.remove(PARTITION, waiter);
        assertThat(waiters.partitions()).isZero();
        waiters.wake(PARTITION);
        assertThat(woken).isEmpty();
    }

    @Test
    void waiterMayWaitAgainWhenItIsWoken() {
        waiters.add(PARTITION, new Runnable() {
            @Override
            public void run() {
                woken.add("a");
                waiters.add(PARTITION, this);
            }
        });
        waiters.wake(PARTITION);
        waiters.wake(PARTITION);
        assertThat(woken).containsExactly("a", "a");
        assertThat(waiters.partitions()).isEqualTo(1);
    }
}
