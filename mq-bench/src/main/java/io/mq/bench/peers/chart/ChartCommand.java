package io.mq.bench.peers.chart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Draws results that were stored. */
@Command(
        name = "chart",
        description = {
            "Reads what 'mq bench peers --json' has printed and writes a chart of it as SVG:",
            "mq bench chart < peers.jsonl > peers.svg"
        },
        sortOptions = false)
public final class ChartCommand implements Callable<Integer> {

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws IOException {
        List<String> lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                .lines()
                .toList();
        byte[] svg = PeersChart.of(lines).getBytes(StandardCharsets.UTF_8);
        System.out.write(svg);
        System.out.flush();
        return 0;
    }
}
