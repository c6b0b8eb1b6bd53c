/** What a measured broker has to offer, whichever it is, and what all of them use to offer it. */
package io.mq.bench.peers.broker;
