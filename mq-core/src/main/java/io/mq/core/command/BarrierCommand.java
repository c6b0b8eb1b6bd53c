package io.mq.core.command;

/**
 * Changes nothing: whoever has it applied has applied everything that was committed before, whatever else is believed
 * about who leads.
 */
public record BarrierCommand() implements Command<Boolean> {}
