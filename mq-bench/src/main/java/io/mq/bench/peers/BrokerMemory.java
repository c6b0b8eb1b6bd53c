package io.mq.bench.peers;

import io.mq.bench.server.ResidentMemory;
import java.util.List;
import java.util.OptionalLong;

/** The resident memory of a broker: of all its processes together. */
record BrokerMemory(List<ResidentMemory> processes) {

    static BrokerMemory of(List<Long> pids) {
        return new BrokerMemory(pids.stream().map(ResidentMemory::of).toList());
    }

    void resetPeak() {
        processes.forEach(ResidentMemory::resetPeak);
    }

    /** The sum of the peaks, which need not have been at the same moment; empty where one of them is not known. */
    OptionalLong peakBytes() {
        long sum = 0;
        for (ResidentMemory process : processes) {
            OptionalLong peak = process.peakBytes();
            if (peak.isEmpty()) {
                return OptionalLong.empty();
            }
            sum += peak.getAsLong();
        }
        return OptionalLong.of(sum);
    }
}
