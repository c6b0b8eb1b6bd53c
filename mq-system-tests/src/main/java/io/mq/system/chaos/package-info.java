/** Kills a server again and again under load, and checks after each restart that it kept its promises. */
package io.mq.system.chaos;
