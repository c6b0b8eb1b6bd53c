/** The mq server that a run measures, the connections to it, and what it leaves on disk. */
package io.mq.bench.server;
