package io.mq.core.command;

/** Forgets all offsets of a consumer group; answers whether there were any. */
public record DeleteGroupCommand(String group) implements Command<Boolean> {}
