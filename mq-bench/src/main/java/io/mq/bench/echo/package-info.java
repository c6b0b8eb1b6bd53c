/** Publishing one message at a time beside an echo of the same size, which is the most that gRPC lets through. */
package io.mq.bench.echo;
