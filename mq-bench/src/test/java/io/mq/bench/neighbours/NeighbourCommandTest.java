package io.mq.bench.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NeighbourCommandTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Counting neighbour = new Counting();

    /** Does one thing, as soon as it begins. */
    private static final class Counting implements BadNeighbour {

        private long acts;

        @Override
        public void begin() {
            acts++;
        }

        @Override
        public long acts() {
            return acts;
        }

        @Override
        public void close() {}
    }

    private String obey(String told) throws IOException {
        NeighbourCommand.obey(
                new BufferedReader(new StringReader(told)),
                new PrintStream(said, true, StandardCharsets.UTF_8),
                neighbour);
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void beginsWhenItIsToldAndReportsAtTheEnd() throws IOException {
        assertThat(obey("begin\nend\n").lines()).containsExactly("ready", "acts 1");
    }

    @Test
    void doesNothingBeforeItIsTold() throws IOException {
        assertThat(obey("").lines()).containsExactly("ready");
        assertThat(neighbour.acts()).isZero();
    }

    @Test
    void endsWithWhoeverStartedIt() throws IOException {
        assertThat(obey("begin\n").lines()).containsExactly("ready", "acts 1");
    }
}
