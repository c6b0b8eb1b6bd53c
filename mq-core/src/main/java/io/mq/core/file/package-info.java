/** The disk behind a port, so that every durability rule can be tested by breaking the disk. */
package io.mq.core.file;
