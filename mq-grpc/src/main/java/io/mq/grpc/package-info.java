/** The gRPC edge: a Netty server of its own whose calls become calls of the broker. No rule of the broker lives here. */
package io.mq.grpc;
