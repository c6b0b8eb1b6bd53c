package io.mq.core.broker;

/** What an acknowledged message survives. In ascending order of strength. */
public enum Durability {
    /** The end of the process, by whatever signal. */
    WRITTEN,

    /** The loss of power. */
    FSYNCED,

    /** The loss of a minority of the cluster's nodes with their disks. */
    REPLICATED
}
