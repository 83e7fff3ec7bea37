package io.graft.modifiers.lora.options;

import io.graft.config.DecodedBy;
import io.graft.problem.Spelling;
import io.graft.problem.Suggestions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the factors of a new adapter start.
 *
 * @param kind the rule
 * @param iterations of the randomized decomposition of {@code pissa_niter_N}; 0 for the exact one
 */
@DecodedBy(FactorInitDecoder.class)
public record FactorInit(Kind kind, int iterations) {
    private static final Pattern PISSA = Pattern.compile("pissa[_-]niter[_-](\\d{1,3})");

    /** The rules. */
    public enum Kind {
        /** {@code A} as PyTorch starts a linear layer, {@code B} zero: nothing is changed yet. */
        DEFAULT("true"),
        /** Both as PyTorch starts a linear layer, so that the model is another one at once; of use to tests. */
        RANDOM("false"),
        /** {@code A} normal with a deviation of one through the rank, {@code B} zero. */
        GAUSSIAN("gaussian"),
        /** Both random, and orthogonal to each other, so that their product is zero; the rank is even. */
        ORTHOGONAL("orthogonal"),
        /** The largest singular values and their vectors, which are taken out of the weight again. */
        PISSA("pissa"),
        /** The first rows and columns of the weight's QR decomposition, which are taken out of the weight again. */
        OLORA("olora"),
        /** What the quantization of the weight loses, as PiSSA takes a weight; the weight is quantized in the same run. */
        LOFTQ("loftq");

        private final String peft;

        Kind(String peft) {
            this.peft = peft;
        }
    }

    /** What PEFT has beside, and why it is not there. */
    private static final Map<String, String> MISSING = Map.of(
            "eva", "needs activations of data",
            "corda", "needs covariances of data",
            "lora_ga", "needs gradients of data",
            "mica", "trains one factor alone");

    /** {@code A} random, {@code B} zero. */
    public static final FactorInit DEFAULT = new FactorInit(Kind.DEFAULT, 0);

    /**
     * One as it is written: {@code default}, {@code gaussian}, {@code pissa_niter_16}; PEFT's {@code true} and {@code false} are {@code
     * default} and {@code random}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static FactorInit parse(String text) {
        Matcher pissa = PISSA.matcher(text);
        if (pissa.matches()) {
            return new FactorInit(Kind.PISSA, Integer.parseInt(pissa.group(1)));
        }
        String why = MISSING.get(text.replace('-', '_'));
        if (why != null) {
            throw new IllegalArgumentException(
                    "`" + text + "` " + why + ", which is not there yet; allowed are " + allowed());
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.peft.equals(text))
                .findFirst()
                .or(() -> Spelling.constant(Kind.class, text))
                .map(kind -> new FactorInit(kind, 0))
                .orElseThrow(() -> new IllegalArgumentException("`" + text + "` is no way to start factors; "
                        + Suggestions.closest(text, ids())
                                .map(near -> "did you mean `" + near + "`?")
                                .orElseGet(() -> "allowed are " + allowed())));
    }

    private static List<String> ids() {
        return Arrays.stream(Kind.values()).map(Spelling::of).toList();
    }

    private static String allowed() {
        return String.join(", ", ids()) + ", pissa_niter_N";
    }

    /** Whether what the factors hold at first is taken out of the weight again. */
    public boolean isTakenOut() {
        return kind == Kind.PISSA || kind == Kind.OLORA;
    }

    /** As PEFT's configuration has it. */
    public Object value() {
        return switch (kind) {
            case DEFAULT -> true;
            case RANDOM -> false;
            default -> iterations > 0 ? "pissa_niter_" + iterations : kind.peft;
        };
    }

    /** As it is written. */
    @Override
    public String toString() {
        return iterations > 0 ? "pissa_niter_" + iterations : Spelling.of(kind);
    }
}
