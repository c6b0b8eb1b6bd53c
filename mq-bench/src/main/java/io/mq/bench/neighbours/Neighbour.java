package io.mq.bench.neighbours;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** The bad neighbours that there are. */
enum Neighbour {
    DAMAGED_FRAMES(
            "damaged-frames", "1,000 damaged frames a second, of every kind, on one PublishStream", DamagedFrames::new),
    FALSE_COMMITS("false-commits", "1,000 commits a second of what the consumer was never sent", FalseCommits::new),
    ENDLESS_CREDIT(
            "endless-credit", "100 consumers a second that give more credit than can be counted", EndlessCredit::new),
    RESETS("resets", "1,000 calls a second that are opened and reset", Resets::new),
    DEAF_PRODUCERS("deaf-producers", "10 producers that send what they may and read no answer", DeafProducers::new),
    DEAF_CONSUMERS("deaf-consumers", "100 consumers with credit for everything that read nothing", DeafConsumers::new);

    private final String label;
    private final String what;
    private final Function<String, BadNeighbour> connector;

    Neighbour(String label, String what, Function<String, BadNeighbour> connector) {
        this.label = label;
        this.what = what;
        this.connector = connector;
    }

    /** The word for it in options and results. */
    String label() {
        return label;
    }

    static Optional<Neighbour> find(String label) {
        return Arrays.stream(values())
                .filter(neighbour -> neighbour.label.equals(label))
                .findFirst();
    }

    String what() {
        return what;
    }

    /** Connects it; the harm is yet to begin. */
    BadNeighbour connect(String address) {
        return connector.apply(address);
    }
}
