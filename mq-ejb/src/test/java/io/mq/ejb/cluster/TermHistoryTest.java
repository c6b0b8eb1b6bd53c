package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TermHistoryTest {

    private final TermHistory terms = new TermHistory();

    @Test
    void entryHasTheTermOfTheLastThatWasNotedUpToIt() {
        terms.note(1, 10);
        terms.note(1, 11);
        terms.note(3, 15);
        assertThat(terms.termOf(10)).hasValue(1);
        assertThat(terms.termOf(14)).hasValue(1);
        assertThat(terms.termOf(15)).hasValue(3);
        assertThat(terms.termOf(99)).hasValue(3);
    }

    @Test
    void nothingIsKnownBeforeTheFirst() {
        assertThat(terms.termOf(5)).isEmpty();
        terms.note(2, 6);
        assertThat(terms.termOf(5)).isEmpty();
    }
}
