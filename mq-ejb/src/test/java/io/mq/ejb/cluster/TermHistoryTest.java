package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.file.NioDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermHistoryTest {

    @TempDir
    private Path directory;

    private TermHistory terms;

    @BeforeEach
    void openEmpty() throws IOException {
        terms = open();
    }

    private TermHistory open() throws IOException {
        return TermHistory.open(new NioDisk(), directory.resolve("terms"));
    }

    @Test
    void entryHasTheTermOfTheLastThatWasNotedUpToIt() throws IOException {
        terms.note(1, 10);
        terms.note(1, 11);
        terms.note(3, 15);
        assertThat(terms.termOf(10)).hasValue(1);
        assertThat(terms.termOf(14)).hasValue(1);
        assertThat(terms.termOf(15)).hasValue(3);
        assertThat(terms.termOf(99)).hasValue(3);
    }

    @Test
    void nothingIsKnownBeforeTheFirst() throws IOException {
        assertThat(terms.termOf(5)).isEmpty();
        terms.note(2, 6);
        assertThat(terms.termOf(5)).isEmpty();
    }

    @Test
    void restartForgetsNothingAndReadsTheLogAgainWithoutHarm() throws IOException {
        terms.note(1, 10);
        terms.note(3, 15);
        terms = open();
        terms.note(1, 12);
        terms.note(3, 16);
        terms.note(4, 20);
        assertThat(terms.termOf(14)).hasValue(1);
        assertThat(terms.termOf(19)).hasValue(3);
        assertThat(open().termOf(20)).hasValue(4);
    }

    @Test
    void oldestAreForgottenInTheEnd() throws IOException {
        for (int term = 1; term <= 1_001; term++) {
            terms.note(term, term);
        }
        assertThat(open().termOf(1)).isEmpty();
        assertThat(open().termOf(2)).hasValue(2);
    }

    @Test
    void damageIsNamed() throws IOException {
        Files.writeString(directory.resolve("terms"), "what=ever");
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("terms is damaged");
    }
}
