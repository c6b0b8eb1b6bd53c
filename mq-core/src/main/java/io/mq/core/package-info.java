/** The engine. */
package io.mq.core;
