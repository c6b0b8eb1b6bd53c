/** Makes commands durable, in one order, with one force for all that wait. */
package io.mq.core.journal;
