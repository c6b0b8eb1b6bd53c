package io.mq.bench.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of things, of which a run needs some at least. */
public abstract class WholeNumber implements ITypeConverter<Integer> {

    private final int min;

    private WholeNumber(int min) {
        this.min = min;
    }

    /** What may be left out. */
    public static final class FromZero extends WholeNumber {
        public FromZero() {
            super(0);
        }
    }

    /** What there has to be. */
    public static final class FromOne extends WholeNumber {
        public FromOne() {
            super(1);
        }
    }

    /** What is compared with one. */
    public static final class FromTwo extends WholeNumber {
        public FromTwo() {
            super(2);
        }
    }

    /** The bytes of a payload that carries a time. */
    public static final class FromEight extends WholeNumber {
        public FromEight() {
            super(Long.BYTES);
        }
    }

    @Override
    public final Integer convert(String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number that is too small is.
        }
        throw new TypeConversionException("'%s' is no whole number from %d on".formatted(value, min));
    }
}
