/** How a call can fail: one exception type, one stable enumeration of reasons. */
package io.mq.core.error;
