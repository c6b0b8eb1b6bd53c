package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightBytesTest {

    private final InFlightBytes inFlight = new InFlightBytes(100);
    private final List<String> woken = new ArrayList<>();

    @Test
    void streamsThatFoundNoRoomGoOnInTheirOrder() {
        inFlight.add(60);
        assertThat(inFlight.hasRoom(() -> woken.add("early"))).isTrue();
        inFlight.add(60);
        assertThat(inFlight.hasRoom(() -> woken.add("first"))).isFalse();
        assertThat(inFlight.hasRoom(() -> woken.add("second"))).isFalse();
        inFlight.remove(10);
        assertThat(woken).isEmpty();
        inFlight.remove(50);
        assertThat(woken).containsExactly("first", "second");
        inFlight.remove(60);
        assertThat(woken).hasSize(2);
    }

    @Test
    void streamThatFindsNoRoomAgainWaitsAgain() {
        inFlight.add(100);
        Runnable[] retry = new Runnable[1];
        retry[0] = () -> {
            if (!inFlight.hasRoom(retry[0])) {
                woken.add("waits");
            } else {
                woken.add("goes");
            }
        };
        retry[0].run();
        inFlight.remove(1);
        assertThat(woken).containsExactly("waits", "goes");
    }
}
