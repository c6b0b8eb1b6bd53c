package io.mq.bench.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class WholeNumberTest {

    @Test
    void theLeastIsTaken() {
        assertThat(new WholeNumber.FromZero().convert("0")).isZero();
        assertThat(new WholeNumber.FromOne().convert("1")).isOne();
        assertThat(new WholeNumber.FromTwo().convert("2")).isEqualTo(2);
        assertThat(new WholeNumber.FromEight().convert("8")).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "many", "1.5", "", "9999999999"})
    void anythingElseIsRefusedWithWhatIsAllowed(String value) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new WholeNumber.FromOne().convert(value))
                .withMessage("'%s' is no whole number from 1 on", value);
    }
}
