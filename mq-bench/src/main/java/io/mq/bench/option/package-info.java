/** What the load runs have in common on the command line: what their options take, and how they print. */
package io.mq.bench.option;
