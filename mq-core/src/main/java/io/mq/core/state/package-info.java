/** Everything that survives a restart, and the deterministic machine that commands drive. */
package io.mq.core.state;
