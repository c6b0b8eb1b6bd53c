/** Two rates beside each other. */
package io.mq.bench.compare;
