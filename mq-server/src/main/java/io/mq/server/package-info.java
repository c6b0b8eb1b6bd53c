/**
 * Starts a node: checks what would stand in its way, boots Payara Micro, deploys the application and waits to be told to
 * stop. Knows the application only by its settings, {@code mq.…}, and by the report it leaves in {@code io.mq.startup.…}.
 */
package io.mq.server;
