package io.mq.core.broker;

/**
 * How many per second, lately: an exponentially weighted moving average with a time constant of about ten seconds. One
 * thread samples; any reads.
 */
final class Rate {

    private static final double TIME_CONSTANT_SECONDS = 10;

    private long lastTotal;
    private volatile double perSecond;

    void sample(long total, double secondsSinceLast) {
        double now = (total - lastTotal) / secondsSinceLast;
        double weight = 1 - Math.exp(-secondsSinceLast / TIME_CONSTANT_SECONDS);
        perSecond += weight * (now - perSecond);
        lastTotal = total;
    }

    double perSecond() {
        return perSecond;
    }
}
