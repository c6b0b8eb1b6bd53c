/** The server as a process of its own, and what can be done to one. */
package io.mq.system.process;
