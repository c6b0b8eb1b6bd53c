/** From publishing to delivery at a fixed rate, which is what the patience of an application is made of. */
package io.mq.bench.latency;
