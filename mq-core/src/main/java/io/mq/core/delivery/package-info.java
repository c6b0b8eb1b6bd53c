/** Messages on their way out: subscriptions, consumer groups, who reads what. */
package io.mq.core.delivery;
