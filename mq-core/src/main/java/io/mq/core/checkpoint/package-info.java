/** Turns journaled state into stored state, so that the journal can be cut and a restart stays short. */
package io.mq.core.checkpoint;
