/** Clients that behave badly, and what those beside them notice of it. */
package io.mq.bench.neighbours;
