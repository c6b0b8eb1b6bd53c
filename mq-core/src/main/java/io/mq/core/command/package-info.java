/** What may change state, and the interface of the state that it changes. */
package io.mq.core.command;
