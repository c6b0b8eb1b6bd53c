package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.journal.RecordingStateMachine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What producers were told of their commands, each of which has a text of its own and was submitted once. */
final class FireLedger {

    /** By producer, in the order in which it was answered. Guarded by {@code this}. */
    private final Map<String, List<String>> acknowledged = new TreeMap<>();

    /** Guarded by {@code this}. Of these nothing has happened, and nothing will. */
    private final Set<String> refused = new HashSet<>();

    /** Guarded by {@code this}. Whoever submitted them was told nothing, or something that no journal says. */
    private final List<String> strange = new ArrayList<>();

    synchronized void acknowledge(String producer, String command) {
        acknowledged.computeIfAbsent(producer, any -> new ArrayList<>()).add(command);
    }

    synchronized void refuse(String command) {
        refused.add(command);
    }

    synchronized void wonder(String command, Object answer) {
        strange.add(command + ": " + answer);
    }

    synchronized int acknowledgements() {
        return acknowledged.values().stream().mapToInt(List::size).sum();
    }

    /** Compares what was told with what all replicas have applied in the end. */
    synchronized void verify(RecordingStateMachine machine) {
        assertThat(strange).as("answers that are none").isEmpty();
        List<String> applied = machine.applied();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < applied.size(); i++) {
            assertThat(places.put(applied.get(i), i))
                    .as("first place of %s, which is at %d too", applied.get(i), i)
                    .isNull();
        }
        assertThat(applied.stream().filter(refused::contains))
                .as("refused and applied")
                .isEmpty();
        acknowledged.forEach((producer, commands) -> {
            assertThat(commands.stream().filter(each -> !places.containsKey(each)))
                    .as("acknowledged and lost")
                    .isEmpty();
            assertThat(commands.stream().map(places::get).toList())
                    .as("places of what %s had acknowledged", producer)
                    .isSorted();
        });
    }
}
