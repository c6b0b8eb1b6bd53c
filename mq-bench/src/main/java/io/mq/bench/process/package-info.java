/** Loads in processes of their own, so that they share neither compiled code nor garbage nor priority with the run. */
package io.mq.bench.process;
