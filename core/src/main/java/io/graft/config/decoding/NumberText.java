package io.graft.config.decoding;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/** Texts as numbers, exactly. */
final class NumberText {
    /** Digits before the point beyond which no number type of an option goes; keeps {@code 1e999999999} from filling memory. */
    private static final int MOST_DIGITS = 400;

    private NumberText() {}

    /** The number that a text is in the notation of a configuration. */
    static Optional<BigDecimal> exact(String text) {
        try {
            return Optional.of(new BigDecimal(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The number that a person meant by a text: also {@code .5}, {@code 1_000} and {@code 0x10}. */
    static Optional<BigDecimal> meant(String text) {
        String plain = text.strip().replace("_", "");
        if (plain.startsWith("0x") || plain.startsWith("0X")) {
            try {
                return Optional.of(new BigDecimal(new BigInteger(plain.substring(2), 16)));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return exact(plain);
    }

    static boolean isInteger(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** Whether writing the number out takes more digits than any number type has. */
    static boolean isHuge(BigDecimal number) {
        return (long) number.precision() - number.scale() > MOST_DIGITS;
    }

    /** The number without exponent, unless that would be long. */
    static String plain(BigDecimal number) {
        boolean longText = isHuge(number) || number.scale() > MOST_DIGITS;
        return longText ? number.toString() : number.toPlainString();
    }
}
