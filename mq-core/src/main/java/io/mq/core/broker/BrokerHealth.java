package io.mq.core.broker;

import java.util.List;

/**
 * How the broker is.
 *
 * @param isLive false where only a restart helps
 * @param isReady whether it takes and delivers messages
 * @param problems what is wrong, in sentences for the operator; may be there in a ready broker too
 */
public record BrokerHealth(boolean isLive, boolean isReady, List<String> problems) {}
