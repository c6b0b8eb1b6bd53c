/** Partition logs on disk: segments, their indexes, retention, scrubbing, and the directory that holds it all. */
package io.mq.core.storage;
