package io.mq.client;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;

/** Measures {@link Producer#send} against a server that does nothing: messages a second and bytes allocated for each. */
final class SendLoop {

    private SendLoop() {}

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        String how = arguments[1];
        boolean isFresh = arguments.length > 2;
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var process = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (SinkService sink = SinkService.start();
                MqClient client = MqClient.forAddress("localhost", sink.port()).build();
                Producer producer = client.producer("t")) {
            byte[] payload = new byte[100];
            Message message = Message.of(payload);
            LongAdder done = new LongAdder();
            SendCallback callback = (published, failure) -> done.increment();
            for (int round = 0; round < 8; round++) {
                long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
                long cpuBefore = threads.getCurrentThreadCpuTime();
                long processBefore = process.getProcessCpuTime();
                long before = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    Message one = isFresh ? Message.of(payload) : message;
                    if (how.equals("future")) {
                        var unused = producer.send(one);
                    } else {
                        producer.send(one, callback);
                    }
                }
                producer.flush();
                double seconds = (System.nanoTime() - before) / 1e9;
                System.out.printf(
                        "%s: %.0f messages/s; a message: %.0f ns of CPU in all with the server, %.0f ns and %d bytes of"
                                + " allocations in the sender%n",
                        how,
                        count / seconds,
                        (double) (process.getProcessCpuTime() - processBefore) / count,
                        (double) (threads.getCurrentThreadCpuTime() - cpuBefore) / count,
                        (threads.getCurrentThreadAllocatedBytes() - allocatedBefore) / count);
            }
        }
    }
}
