package io.mq.core.journal;

import io.mq.core.error.BrokerException;

/** What the journal's writer does, in the order in which it was asked to. */
sealed interface Work permits Entry, Observation {

    /** Ends it without having done it. */
    void refuse(BrokerException answer);
}
