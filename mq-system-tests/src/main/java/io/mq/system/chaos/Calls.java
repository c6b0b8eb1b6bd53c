package io.mq.system.chaos;

import io.grpc.StatusRuntimeException;
import java.util.Iterator;

/** What every user of a call that is read by pulling must do. */
final class Calls {

    private Calls() {}

    /** Takes what a call that has ended has left: its buffers are given back by whoever reads, and by nobody else. */
    static void drain(Iterator<?> messages) {
        try {
            while (messages.hasNext()) {
                var unused = messages.next();
            }
        } catch (StatusRuntimeException end) {
            // This is how it ends.
        }
    }
}
