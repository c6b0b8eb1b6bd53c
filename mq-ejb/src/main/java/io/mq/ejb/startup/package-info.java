/** Builds the broker when the application starts, hands it to whoever asks for it, and closes it at the end. */
package io.mq.ejb.startup;
