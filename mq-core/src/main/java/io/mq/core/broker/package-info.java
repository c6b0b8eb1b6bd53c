/** The broker as every edge sees it, and how it is put together. */
package io.mq.core.broker;
