package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.grpc.OwnedPartitions.Key;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnedPartitionsTest {

    private static final Key KEY = new Key("t", 3);
    private static final long GENERATION = 7;

    private final OwnedPartitions owned = new OwnedPartitions();
    private final AtomicInteger released = new AtomicInteger();
    private final CompletableFuture<Void> deadline = new CompletableFuture<>();

    @BeforeEach
    void assign() {
        owned.assigned(KEY, GENERATION, 0);
    }

    private void release(long generation) {
        owned.release(KEY, generation).run();
    }

    @Test
    void revokedPartitionIsReleasedOnce() {
        owned.revoked(KEY, released::incrementAndGet, deadline);
        release(GENERATION);
        release(GENERATION);
        assertThat(released).hasValue(1);
    }

    @Test
    void partitionThatWasNotRevokedIsNotReleased() {
        release(GENERATION);
        assertThat(released).hasValue(0);
    }

    @Test
    void releaseOfAnotherGenerationDoesNothing() {
        owned.revoked(KEY, released::incrementAndGet, deadline);
        release(GENERATION - 1);
        assertThat(released).hasValue(0);
        assertThat(deadline).isNotCancelled();
    }

    @Test
    void deadlineIsCancelledWhenTheConsumerIsThrough() {
        owned.revoked(KEY, released::incrementAndGet, deadline);
        release(GENERATION);
        assertThat(deadline).isCancelled();
    }

    @Test
    void deadlinesAreCancelledWhenTheConsumerIsGone() {
        owned.assigned(new Key("t", 4), GENERATION, 0);
        owned.revoked(KEY, released::incrementAndGet, deadline);
        owned.end();
        assertThat(deadline).isCancelled();
        assertThat(released).hasValue(0);
    }
}
