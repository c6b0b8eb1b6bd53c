package io.mq.system.chaos;

/** How a producer sends, from which follows what its partition may look like. */
enum Sending {
    /** One after the other, and again where the outcome is unknown: in order, none missing, some twice. */
    SERIAL,
    /** Many at a time, none of them twice: any order among those, some missing, none twice. */
    PIPELINED,
    /** Many at a time, and again where the outcome is unknown, as a producer with a number: in order, each exactly once. */
    NUMBERED
}
