/** Doing something at a fixed rate. */
package io.mq.bench.pace;
