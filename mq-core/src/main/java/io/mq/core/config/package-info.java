/** Every configuration key: its name, type, default, bounds and meaning, in one place. */
package io.mq.core.config;
