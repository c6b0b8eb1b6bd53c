/**
 * The Java client of mq: {@link io.mq.client.MqClient} and what it gives out.
 *
 * <p>Everything of a client that is not the application's own runs on one event loop, so what a class says is confined to
 * the loop needs no lock. The application's code (callbacks, listeners) runs elsewhere and may block.
 */
package io.mq.client;
