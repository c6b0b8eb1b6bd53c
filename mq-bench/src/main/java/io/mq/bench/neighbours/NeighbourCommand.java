package io.mq.bench.neighbours;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What runs in the process of a bad neighbour. It says {@code ready} when it has connected, begins when it reads
 * {@code begin}, and ends at the next line, or when whoever started it is gone, with {@code acts 29997}.
 */
@Command(name = "neighbour")
final class NeighbourCommand implements Callable<Integer> {

    static final String READY = "ready";
    static final String BEGIN = "begin";
    static final String END = "end";
    static final String ACTS = "acts";

    @Option(names = "--neighbour", required = true, converter = NeighboursCommand.ToNeighbour.class)
    private Neighbour neighbour;

    @Option(names = "--address", required = true)
    private String address;

    private NeighbourCommand() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new NeighbourCommand()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        try (BadNeighbour connected = neighbour.connect(address)) {
            obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out, connected);
        }
        return 0;
    }

    static void obey(BufferedReader in, PrintStream out, BadNeighbour neighbour) throws IOException {
        out.println(READY);
        if (!BEGIN.equals(in.readLine())) {
            return;
        }
        neighbour.begin();
        var end = in.readLine();
        out.println(ACTS + " " + neighbour.acts());
    }
}
