package io.mq.core.broker;

import io.mq.core.cluster.Leadership;
import io.mq.core.journal.Journal;
import io.mq.core.state.BrokerStateMachine;

/**
 * A shard, as this node has it: commands for it may be submitted here whoever leads it.
 *
 * @param number from 0 on; the first is the catalog's
 * @param journal where commands for it are submitted
 */
record Shard(int number, Engine engine, Journal journal, Leadership leadership, Barriers barriers) {

    Shard(int number, Engine engine, Leadership leadership) {
        this(number, engine, engine.journal(), leadership, new Barriers(engine.journal()));
    }

    BrokerStateMachine state() {
        return engine.state();
    }
}
