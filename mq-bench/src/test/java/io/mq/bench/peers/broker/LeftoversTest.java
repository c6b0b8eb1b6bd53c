package io.mq.bench.peers.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeftoversTest {

    private final List<String> closed = new ArrayList<>();
    private final Leftovers leftovers = new Leftovers();

    @Test
    void releaseClosesInReverseOrderAndOnce() throws IOException {
        leftovers.own(() -> named("directory"));
        leftovers.own(() -> named("broker"));

        leftovers.release();
        leftovers.release();

        assertThat(closed).containsExactly("broker", "directory");
    }

    @Test
    void moreMayComeAfterARelease() throws IOException {
        leftovers.release();
        leftovers.own(() -> named("next"));
        leftovers.close();

        assertThat(closed).containsExactly("next");
    }

    @Test
    void nothingIsMadeAfterTheEnd() throws IOException {
        leftovers.close();

        assertThatIOException().isThrownBy(() -> leftovers.own(() -> named("late")));
        assertThat(closed).isEmpty();
    }

    @Test
    void aFailureDoesNotKeepTheOthersOpen() throws IOException {
        leftovers.own(() -> named("directory"));
        leftovers.own(() -> () -> {
            throw new IOException("stuck");
        });

        assertThatIOException().isThrownBy(leftovers::release).withMessage("stuck");
        assertThat(closed).containsExactly("directory");
    }

    private Closeable named(String name) {
        return () -> closed.add(name);
    }
}
