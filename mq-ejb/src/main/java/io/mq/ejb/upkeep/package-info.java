/** Shows an operator how the broker is: health checks and metrics. */
package io.mq.ejb.upkeep;
