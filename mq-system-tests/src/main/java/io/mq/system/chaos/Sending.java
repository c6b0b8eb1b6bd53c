package io.mq.system.chaos;

/** How a producer sends, from which follows what its partition may look like. */
enum Sending {
    /** One after the other, and again where the outcome is unknown: in order, none missing, some twice. */
    SERIAL,
    /** As SERIAL, but by way of several nodes: what one had taken before it hung may be stored after its retry by another. */
    SERIAL_ELSEWHERE,
    /** Many at a time, none of them twice: any order among those, some missing, none twice. */
    PIPELINED,
    /** Many at a time, and again where the outcome is unknown, as a producer with a number: in order, each exactly once. */
    NUMBERED
}
