package io.mq.core.broker;

import io.mq.core.cluster.Leadership;
import io.mq.core.journal.Journal;
import io.mq.core.state.BrokerStateMachine;

/**
 * A shard, as this node has it: commands for it may be submitted here whoever leads it.
 *
 * @param number from 0 on; the first is the catalog's
 */
record Shard(int number, Engine engine, Leadership leadership, Barriers barriers) {

    Shard(int number, Engine engine, Leadership leadership) {
        this(number, engine, leadership, new Barriers(engine.journal()));
    }

    BrokerStateMachine state() {
        return engine.state();
    }

    Journal journal() {
        return engine.journal();
    }
}
